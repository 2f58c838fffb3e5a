import inspect


def get_typed_signature(call):
    return inspect.signature(call).replace(return_annotation=inspect.Signature.empty)


def get_typed_annotation(annotation, globalns):
    return annotation


def get_typed_return_annotation(call):
    annotation = inspect.signature(call).return_annotation
    return None if annotation is inspect.Signature.empty else annotation
