"""Anticipated failures of sources of suggestions."""

from annotator.problems import Conflict, NotFound


class NoSuchSource(NotFound):
    """The project has no source with this name."""

    code = "no_such_source"
    title = "There is no such source of suggestions"


class NothingToSuggest(Conflict):
    """The schema has none of the labels that the source suggests."""

    code = "nothing_to_suggest"
    title = "The source suggests none of the labels"


class NothingToMeasure(Conflict):
    """No finished document has suggestions of the source."""

    code = "nothing_to_measure"
    title = "Nothing to measure suggestions against"


class NoSuchModel(NotFound):
    """The project has no trained model with this number."""

    code = "no_such_model"
    title = "There is no such trained model"


class TooLittleToTrain(Conflict):
    """There is too little finished work to train a model."""

    code = "too_little_to_train"
    title = "Too little finished work to train a model"


class ModelUnusable(Conflict):
    """A trained model cannot be read by this version of the site."""

    code = "model_unusable"
    title = "The model cannot be used"


class LanguageModelNotAllowed(Conflict):
    """The operator does not allow the server of a language model, or the project has not chosen one."""

    code = "language_model_not_allowed"
    title = "No language model may be asked"


class LanguageModelFailed(Conflict):
    """The server of a language model does not answer, or not as it should."""

    code = "language_model_failed"
    title = "The language model does not answer"
