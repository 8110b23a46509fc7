"""Conversion of the speaker networks to ONNX, with numpy and onnx only."""
