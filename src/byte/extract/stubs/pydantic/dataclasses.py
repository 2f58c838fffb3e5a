from byte_pydantic import dataclass, is_pydantic_dataclass, rebuild_dataclass
