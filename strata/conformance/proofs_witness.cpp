#include <strata/conformance/proofs_witness.hpp>

#include <nlohmann/json.hpp>

namespace strata::conformance {

Status check_witness(const proofs::R1cs& circuit, const Result<proofs::Assignment>& witness, const Json& inputs) {
    if (!witness) return witness.error();
    if (inputs.size() + 1 != witness->inputs.size())
        return fail(Errc::verification, "there are " + std::to_string(witness->inputs.size()) + " inputs, expected " +
                                            std::to_string(inputs.size() + 1));
    for (std::size_t i = 0; i < inputs.size(); ++i)
        if (witness->inputs[i + 1].to_hex() != inputs[i].get<std::string>())
            return fail(Errc::verification, "input " + std::to_string(i) + " is " + witness->inputs[i + 1].to_hex() +
                                                ", expected " + inputs[i].get<std::string>());
    if (const auto row = proofs::first_unsatisfied(circuit, *witness))
        return fail(Errc::verification, "row " + std::to_string(*row) + " of the circuit is not satisfied");
    return {};
}

}  // namespace strata::conformance
