from byte_pydantic import to_camel, to_pascal, to_snake

__all__ = ("to_pascal", "to_camel", "to_snake")
