def paginate(sequence, params=None, length_function=None, **options):
    return None
