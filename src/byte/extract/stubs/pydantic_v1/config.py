from enum import Enum


class Extra(str, Enum):
    allow = "allow"
    ignore = "ignore"
    forbid = "forbid"


ConfigDict = dict


class BaseConfig:
    title = None
    anystr_lower = False
    anystr_upper = False
    anystr_strip_whitespace = False
    min_anystr_length = 0
    max_anystr_length = None
    validate_all = False
    extra = Extra.ignore
    allow_mutation = True
    frozen = False
    allow_population_by_field_name = False
    use_enum_values = False
    fields = {}
    validate_assignment = False
    error_msg_templates = {}
    arbitrary_types_allowed = False
    orm_mode = False
    getter_dict = None
    alias_generator = None
    keep_untouched = ()
    schema_extra = {}
    json_encoders = {}
    underscore_attrs_are_private = False
    allow_inf_nan = True
    copy_on_model_validation = "shallow"
    smart_union = False
    post_init_call = "before_validation"

    @classmethod
    def prepare_field(cls, field):
        pass


def get_config(config):
    return config
