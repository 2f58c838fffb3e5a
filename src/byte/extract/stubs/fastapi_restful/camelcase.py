def snake2camel(snake, start_lower=False):
    parts = snake.title().split("_")
    camel = parts[0]
    before = parts[0]
    for part in parts[1:]:
        camel += part if before and part else "_" + part
        before = part
    if not start_lower:
        return camel
    name = camel.lstrip("_")
    return camel[: len(camel) - len(name)] + name[:1].lower() + name[1:]
