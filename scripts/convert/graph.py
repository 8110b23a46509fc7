"""A small builder of ONNX graphs from named numpy weights."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# Opset 17 and IR version 8 are read by every ONNX Runtime since 1.12.
OPSET = 17
IR_VERSION = 8


class Graph:
    """Collects nodes and weights. Every method that adds a node returns the name of its output."""

    def __init__(self, name):
        self.name = name
        self._nodes = []
        self._weights = []
        self._names = set()

    def weight(self, name, values, dtype=np.float32):
        """Adds a constant tensor. Adding the same name twice is an error."""
        if name in self._names:
            raise ValueError(f"weight {name} exists")
        self._names.add(name)
        self._weights.append(numpy_helper.from_array(np.asarray(values, dtype, order="C"), name))
        return name

    def node(self, operator, inputs, output, outputs=None, **attributes):
        """Adds a node whose interesting output is called `output`; `outputs` gives all of them if there are more."""
        self._nodes.append(helper.make_node(operator, inputs, outputs or [output], name=output, **attributes))
        return output

    def linear(self, x, name, state):
        """`x @ weight.T + bias` with the weights called `name` in `state`."""
        weight = self.weight(f"{name}.weight", state[f"{name}.weight"].T)
        bias = self.weight(f"{name}.bias", state[f"{name}.bias"])
        return self.node("Add", [self.node("MatMul", [x, weight], f"{name}.product"), bias], f"{name}.sum")

    def lstm(self, x, name, layer, state, bidirectional):
        """One LSTM layer over `x` [T, N, inputs].

        Returns the names of all hidden states [T, directions, N, H] and of the last one [directions, N, H].
        """
        suffixes = [f"_l{layer}"] + ([f"_l{layer}_reverse"] if bidirectional else [])

        def stacked(kind):
            return np.stack([_gates_in_onnx_order(state[f"{name}.{kind}{suffix}"]) for suffix in suffixes])

        prefix = f"{name}.{layer}"
        inputs = self.weight(f"{prefix}.W", stacked("weight_ih"))
        recurrent = self.weight(f"{prefix}.R", stacked("weight_hh"))
        bias = self.weight(f"{prefix}.B", np.concatenate([stacked("bias_ih"), stacked("bias_hh")], axis=1))
        names = f"{prefix}.Y", f"{prefix}.Y_h"
        self.node(
            "LSTM", [x, inputs, recurrent, bias], names[0], names,
            hidden_size=state[f"{name}.weight_hh_l{layer}"].shape[1],
            direction="bidirectional" if bidirectional else "forward")
        return names

    def model(self, inputs, outputs, metadata):
        """The checked model. `inputs` and `outputs` map names to float32 shapes; texts in a shape are free axes."""
        def described(values):
            return [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in values.items()]

        graph = helper.make_graph(self._nodes, self.name, described(inputs), described(outputs), self._weights)
        model = helper.make_model(
            graph, producer_name="parley", ir_version=IR_VERSION, opset_imports=[helper.make_opsetid("", OPSET)])
        helper.set_model_props(model, {key: str(value) for key, value in metadata.items()})
        onnx.checker.check_model(model, full_check=True)
        return model


def _gates_in_onnx_order(values):
    """PyTorch stacks the gates input, forget, cell, output; ONNX input, output, forget, cell."""
    gate_i, gate_f, gate_c, gate_o = np.split(values, 4, axis=0)
    return np.concatenate([gate_i, gate_o, gate_f, gate_c], axis=0)
