"""ONNX files from outside: read with suspicion, before any runtime sees them."""
