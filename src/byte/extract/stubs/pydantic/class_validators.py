from byte_pydantic import root_validator, validator
