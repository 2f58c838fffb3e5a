"""More clients of remote services that hold the thread: search, mail, vectors, objects, directories, clusters."""

from byte.model.facts import Effect

_SYNC = frozenset({Effect.HTTP, Effect.BLOCKING})
_QUERY = frozenset({Effect.QUERY, Effect.BLOCKING})
_NONE: frozenset[Effect] = frozenset()

_EVERY = (
    "exa_py.Exa", "tavily.TavilyClient", "slack_sdk.WebClient", "minio.Minio", "kubernetes.client.CoreV1Api",
    "kubernetes.client.AppsV1Api", "kubernetes.client.BatchV1Api", "kubernetes.client.CustomObjectsApi",
    "twilio.rest.Client", "sendgrid.SendGridAPIClient", "mailjet_rest.Client", "firecrawl.FirecrawlApp",
    "notion_client.Client", "paramiko.SSHClient", "imaplib.IMAP4", "imaplib.IMAP4_SSL", "poplib.POP3", "poplib.POP3_SSL",
    "ftplib.FTP", "hvac.Client", "consul.Consul", "nacos.NacosClient", "cohere.Client", "mistralai.Mistral", "groq.Groq",
    "replicate.Client", "elevenlabs.ElevenLabs", "assemblyai.Transcriber", "ollama.Client",
)  # fmt: skip
"""Clients each of whose methods asks the other side."""
_STORES = (
    "qdrant_client.QdrantClient", "elasticsearch.Elasticsearch", "opensearchpy.OpenSearch", "meilisearch.Client",
    "weaviate.Client", "pymilvus.MilvusClient", "pymilvus.Collection",
)  # fmt: skip
"""Databases over the network whose clients wait for each answer."""
_LOCAL = (
    "close", "set_missing_host_key_policy", "load_system_host_keys", "with_options", "presigned_get_object",
    "presigned_put_object", "is_authenticated", "options",
)  # fmt: skip

CANONICAL = {
    "slack_sdk.web.WebClient": "slack_sdk.WebClient",
    "slack_sdk.web.client.WebClient": "slack_sdk.WebClient",
    "minio.api.Minio": "minio.Minio",
    "tavily.tavily.TavilyClient": "tavily.TavilyClient",
    "qdrant_client.qdrant_client.QdrantClient": "qdrant_client.QdrantClient",
    "supabase.client.Client": "supabase.Client",
}

RETURNS = {
    **{name: name for name in (*_EVERY, *_STORES)},
    "supabase.create_client": "supabase.Client",
}

EFFECTS = {
    **{f"{name}.*": _SYNC for name in _EVERY},
    **{f"{name}.*": _QUERY for name in _STORES},
    **{f"{name}.{method}": _NONE for name in (*_EVERY, *_STORES) for method in _LOCAL},
    "resend.Emails.send": _SYNC,
    "dns.resolver.resolve": _SYNC,
    "dns.resolver.query": _SYNC,
    "whois.whois": _SYNC,
    "replicate.run": _SYNC,
    "ollama.chat": _SYNC,
    "ollama.embeddings": _SYNC,
    "ollama.generate": _SYNC,
    "litellm.completion": _SYNC,
    "litellm.embedding": _SYNC,
    "feedparser.parse": _SYNC,
    "yt_dlp.YoutubeDL.extract_info": _SYNC,
    "yt_dlp.YoutubeDL.download": _SYNC,
}
