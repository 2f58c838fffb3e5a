"""pyhumps: names in other cases."""

from humps.main import camelize, decamelize, dekebabize, depascalize, is_camelcase, is_pascalcase, is_snakecase, kebabize, pascalize
