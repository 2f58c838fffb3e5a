class EmailNotValidError(ValueError):
    pass


class EmailSyntaxError(EmailNotValidError):
    pass


class EmailUndeliverableError(EmailNotValidError):
    pass


class ValidatedEmail:
    def __init__(self, email):
        self.normalized = email
        self.email = email


def validate_email(email, **kwargs):
    return ValidatedEmail(email)
