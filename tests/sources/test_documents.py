"""Documents are read from where the user says and from nowhere else, within limits, and never from the web unasked."""

import http.server
import os
import threading
import time

import pytest

from byte.extract import documents as reading
from byte.model.errors import SourceError
from byte.sources import documents, remote

TEXT = b"openapi: 3.0.0\n"


def read(name, cwd, **options):
    return documents.read(str(name), **{"allow_remote": False, "stdin": None, "cwd": cwd, **options})


def refused(name, cwd, **options):
    with pytest.raises(SourceError) as error:
        read(name, cwd, **options)
    assert "\n" not in str(error.value)
    assert str(error.value).endswith(".")
    return str(error.value)


def unfetched(source, target):
    with pytest.raises(SourceError) as error:
        source.fetch(target)
    assert "\n" not in str(error.value)
    return str(error.value)


def write(folder, files):
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


# --- files and standard input -------------------------------------------------------------------


def test_a_file_is_read_and_named_as_it_was_given(tmp_path):
    write(tmp_path, {"a/api.yaml": TEXT})
    for name, shown in (
        ("a/api.yaml", "a/api.yaml"),
        ("./a/../a/api.yaml", "a/api.yaml"),
        (tmp_path / "a/api.yaml", str(tmp_path / "a/api.yaml")),
    ):
        source = read(name, tmp_path)
        assert (source.name, source.path, source.data) == (shown, shown, TEXT)
    assert read("../a/api.yaml", tmp_path / "a").name == "../a/api.yaml"


def test_references_are_relative_to_the_file_that_holds_them(tmp_path):
    write(tmp_path, {".git/HEAD": b"", "a/api.yaml": TEXT, "a/b/c d.yaml": b"c", "e.yaml": b"e", "a/b/f.yaml": b"f"})
    source = read("a/api.yaml", tmp_path)
    inner = source.fetch("b/c%20d.yaml")
    assert (inner.name, inner.data) == ("a/b/c d.yaml", b"c")
    assert inner.fetch("f.yaml").name == "a/b/f.yaml"
    assert inner.fetch("../../e.yaml").data == b"e"
    # The same document has the same name again.
    assert inner.fetch("../api.yaml").name == source.name


@pytest.mark.parametrize(
    "target", ["../secret.yaml", "../../../../../../etc/passwd", "/etc/passwd", "link.yaml", "up/secret.yaml"]
)
def test_no_reference_leads_out_of_the_repository_or_folder(tmp_path, target):
    write(tmp_path, {"secret.yaml": b"s", "project/api.yaml": TEXT, "project/inside.yaml": b"i"})
    (tmp_path / "project/link.yaml").symlink_to(tmp_path / "secret.yaml")
    (tmp_path / "project/up").symlink_to(tmp_path)
    (tmp_path / "project/fine.yaml").symlink_to("inside.yaml")
    for inside in (False, True):
        if inside:
            write(tmp_path, {"project/.git/HEAD": b""})
        source = read("project/api.yaml", tmp_path)
        assert "which Byte does not leave" in unfetched(source, target)
        assert source.fetch("fine.yaml").data == b"i"


def test_the_root_is_the_nearest_repository(tmp_path):
    write(tmp_path, {".git/HEAD": b"", "common.yaml": b"c", "specs/api.yaml": TEXT})
    assert read("specs/api.yaml", tmp_path).fetch("../common.yaml").data == b"c"


def test_what_is_no_file_is_one_sentence(tmp_path):
    write(tmp_path, {"api.yaml": TEXT, "folder/x": b""})
    os.mkfifo(tmp_path / "pipe.yaml")
    assert "There is no file `none.yaml`" in refused("none.yaml", tmp_path)
    assert "There is no file `api.yaml/x`" in refused("api.yaml/x", tmp_path)
    assert "There is no file `none/x`" in refused("none/x", tmp_path)
    assert "is a folder" in refused("folder", tmp_path)
    assert "cannot be read" in refused("a\0b", tmp_path)
    assert "more than 64 MiB" in refused("/dev/zero", tmp_path)
    source = read("api.yaml", tmp_path)
    assert "there is no file `none.yaml`" in unfetched(source, "none.yaml")
    assert "there is no file" in unfetched(source, "%00")
    assert "is a folder" in unfetched(source, "folder")
    began = time.monotonic()
    assert "is no regular file" in unfetched(source, "pipe.yaml")
    assert time.monotonic() - began < 5


def test_a_pipe_that_the_user_names_is_read(tmp_path):
    end, other = os.pipe()
    os.write(other, TEXT)
    os.close(other)
    try:
        assert read(f"/dev/fd/{end}", tmp_path).data == TEXT
    finally:
        os.close(end)


def test_standard_input_is_in_the_current_folder(tmp_path):
    write(tmp_path, {"b.yaml": b"b"})
    source = read("-", tmp_path, stdin=TEXT)
    assert (source.name, source.path, source.data) == ("-", "stdin", TEXT)
    assert source.fetch("b.yaml").data == b"b"
    assert "Standard input can be read once only" in refused("-", tmp_path)


def test_all_documents_together_have_limits(tmp_path, monkeypatch):
    write(tmp_path, {"api.yaml": TEXT, "b.yaml": b"b" * 100, "c.yaml": b"c" * 100})
    monkeypatch.setattr(documents, "LARGEST", 150)
    source = read("api.yaml", tmp_path)
    source.fetch("b.yaml")
    assert "with what it refers to, up to `c.yaml`" in unfetched(source, "c.yaml")
    monkeypatch.setattr(documents, "LARGEST", 10_000)
    monkeypatch.setattr(documents, "MOST", 3)
    source = read("api.yaml", tmp_path)
    source.fetch("b.yaml").fetch("c.yaml")
    assert "refers to more than 3 documents" in unfetched(source, "b.yaml")


# --- git ----------------------------------------------------------------------------------------


def test_a_file_of_a_revision_is_read_with_what_it_refers_to_there(make_repo):
    repo = make_repo()
    files = {"specs/api.yaml": "openapi: 3.0.0\nx: 1\n", "specs/b c.yaml": "b", "top.yaml": "t"}
    first = repo.commit(files)
    repo.commit({"specs/api.yaml": "changed", "top.yaml": "changed", "specs/b c.yaml": "changed"})
    source = read("git:HEAD~1:specs/api.yaml", repo.root)
    assert (source.name, source.path) == ("git:HEAD~1:specs/api.yaml", "specs/api.yaml")
    assert source.data == b"openapi: 3.0.0\nx: 1\n"
    assert source.fetch("b%20c.yaml").data == b"b"
    assert source.fetch("../top.yaml").fetch("specs/api.yaml").name == source.name
    assert read(f"git:{first}:./api.yaml", repo.root / "specs").data == source.data
    assert read(f"git:{first}:../top.yaml", repo.root / "specs").data == b"t"
    assert read(f"git:{first}:top.yaml", repo.root / "specs").data == b"t"


def test_what_a_revision_does_not_hold_is_one_sentence(make_repo):
    repo = make_repo()
    repo.commit({"specs/api.yaml": "openapi: 3.0.0\n"})
    (repo.root / "link.yaml").symlink_to("/etc/passwd")
    repo.commit()
    for name, said in {
        "git:HEAD:none.yaml": "There is no file `none.yaml` in HEAD",
        "git:HEAD:specs": "is no regular file",
        "git:HEAD:link.yaml": "is no regular file",
        "git:HEAD:../x.yaml": "names no file of the repository",
        "git:HEAD:/etc/passwd": "names no file of the repository",
        "git:HEAD:": "names no file of a revision",
        "git:HEAD": "names no file of a revision",
        "git::api.yaml": "names no file of a revision",
        "git:none:specs/api.yaml": "There is no revision `none`",
        "git:--help:specs/api.yaml": "is not a revision",
        "git:HEAD:*.yaml": "There is no file `*.yaml`",
        "git:HEAD::(glob)**": "There is no file `:(glob)**`",
    }.items():
        assert said in refused(name, repo.root), name
    source = read("git:HEAD:specs/api.yaml", repo.root)
    assert "which Byte does not leave" in unfetched(source, "../../etc/passwd")
    assert "which Byte does not leave" in unfetched(source, "/etc/passwd")
    assert "There is no file `specs/none.yaml`" in unfetched(source, "none.yaml")
    assert "is no regular file" in unfetched(source, "../link.yaml")


def test_a_revision_is_read_where_there_is_a_repository(tmp_path):
    assert "is not in a git repository" in refused("git:HEAD:api.yaml", tmp_path)


# --- the web ------------------------------------------------------------------------------------


class Server(http.server.BaseHTTPRequestHandler):
    """Answers by path."""

    def do_GET(self):
        if self.path == "/away":
            self.answer(302, b"", Location="http://example.org/api.yaml")
        elif self.path == "/near":
            self.answer(302, b"", Location="/api.yaml")
        elif self.path == "/around":
            self.answer(302, b"", Location="/around")
        elif self.path == "/file":
            self.answer(302, b"", Location="file:///etc/passwd")
        elif self.path == "/slow":
            time.sleep(3)
        elif self.path == "/drip":
            self.send_response(200)
            self.end_headers()
            for _ in range(30):
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(0.1)
        elif self.path in ("/api.yaml", "/b/c.yaml"):
            self.answer(200, TEXT)
        elif self.path == "/large":
            self.answer(200, b"x" * 5000)
        else:
            self.answer(404, b"")

    def answer(self, status, body, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class Quiet(http.server.ThreadingHTTPServer):
    """A client that goes away is no error."""

    def handle_error(self, request, client_address):
        pass


@pytest.fixture
def site():
    server = Quiet(("127.0.0.1", 0), Server)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_web_is_read_only_when_it_is_allowed(site, tmp_path):
    write(tmp_path, {"api.yaml": TEXT})
    assert "pass `--allow-remote`" in refused(f"{site}/api.yaml", tmp_path)
    assert "pass `--allow-remote`" in unfetched(read("api.yaml", tmp_path), f"{site}/api.yaml")
    source = read(f"{site}/api.yaml#/paths", tmp_path, allow_remote=True)
    assert (source.name, source.data) == (f"{site}/api.yaml", TEXT)
    assert source.fetch("b/c.yaml").name == f"{site}/b/c.yaml"
    assert read(f"{site}/near", tmp_path, allow_remote=True).data == TEXT


def test_what_the_web_does_not_give_is_one_sentence(site, tmp_path, monkeypatch):
    monkeypatch.setattr(documents, "LARGEST", 1000)
    for url, said in {
        f"{site}/none": "cannot be read (status 404)",
        f"{site}/away": "it leads to another host, `http://example.org/api.yaml`",
        f"{site}/around": "cannot be read",
        f"{site}/file": "cannot be read",
        f"{site}/large": "has more than",
        "http://127.0.0.1:1/api.yaml": "cannot be read",
        "ftp://example.org/api.yaml": "is no address that Byte reads",
        "file:///etc/passwd": "is no address that Byte reads",
        "http:///x": "is no address that Byte reads",
        "http://user:word@127.0.0.1/x": "is no address that Byte reads",
        "http://[::1/x": "is no address that Byte reads",
        "http://127.0.0.1:99999/": "is no address that Byte reads",
    }.items():
        assert said in refused(url, tmp_path, allow_remote=True), url


@pytest.mark.parametrize("path", ["/slow", "/drip"])
def test_a_slow_answer_is_not_waited_for(site, path):
    began = time.monotonic()
    with pytest.raises(SourceError, match=r"did not answer within 0\.5 seconds"):
        remote.read(f"{site}{path}", limit=1000, private=True, timeout=0.5)
    assert time.monotonic() - began < 2


def test_a_reference_does_not_reach_private_addresses_that_the_user_did_not_name(site, tmp_path):
    write(tmp_path, {"api.yaml": TEXT})
    source = read("api.yaml", tmp_path, allow_remote=True)
    for url in (f"{site}/api.yaml", "http://localhost/x", "http://[::1]/x", "http://10.0.0.1/x", "//127.0.0.1/x"):
        said = unfetched(source, url)
        assert "private address" in said or "no address that Byte reads" in said
    named = read(f"{site}/api.yaml", tmp_path, allow_remote=True)
    port = int(site.rpartition(":")[2])
    assert "private address" in unfetched(named, f"http://127.0.0.1:{port + 1 if port < 65535 else 1}/x")


# --- all of it ----------------------------------------------------------------------------------


def test_a_document_of_several_files_is_read_from_anywhere(make_repo, site):
    repo = make_repo()
    repo.commit(
        {
            "specs/api.yaml": "openapi: 3.0.0\npaths:\n  /a:\n    $ref: a.yaml#/item\n",
            "specs/a.yaml": "item:\n  get: {}\n",
        }
    )
    (repo.root / "specs/a.yaml").write_text("item:\n  put: {}\n")
    for name, method in (("specs/api.yaml", "put"), ("git:HEAD:specs/api.yaml", "get")):
        contract = reading.read(read(name, repo.root))
        assert contract.gaps == ()
        assert list(contract.document["paths"]["/a"]) == [method]
        assert list(contract.document["x-byte-files"]) == ["a.yaml"]
        assert reading.places(contract)(f"/paths/~1a/{method}") == "specs/a.yaml:2"
