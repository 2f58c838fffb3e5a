from fastapi_websocket_pubsub.event_notifier import ALL_TOPICS, Subscription, Topic, TopicList
