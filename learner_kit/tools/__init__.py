"""Live forms for one lesson each, made of widgets; what they work out stands in modules that know no screen."""
