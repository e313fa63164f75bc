// Measures the verification of one proof, and of many in one batch. The proofs are made from the key's secrets, because
// a verifier's cost does not depend on the statement.
#include <benchmark/benchmark.h>

#include <strata/proofs/groth16/setup.hpp>
#include <strata/proofs/groth16/verifier.hpp>

namespace strata::proofs {
namespace {

using crypto::Fr;

struct Statements {
    std::vector<Proof> proofs;
    std::vector<PublicInputs> inputs;
    VerifyingKey key;
};

Statements statements(std::size_t count, std::size_t input_count) {
    crypto::SeededRandom random(as_bytes("verifier bench"));
    const auto secrets = SetupSecrets::draw(random);
    const auto g1 = crypto::g1_generator();
    const auto g2 = crypto::g2_generator();
    Statements out;
    out.key = {g1 * secrets.alpha,
               g1 * secrets.beta,
               g2 * secrets.beta,
               g2 * secrets.gamma,
               g1 * secrets.delta,
               g2 * secrets.delta,
               {}};
    std::vector<Fr> ic(input_count + 1);
    for (auto& scalar : ic) {
        scalar = random_element(random);
        out.key.ic.push_back(g1 * scalar);
    }
    for (std::size_t j = 0; j < count; ++j) {
        PublicInputs inputs(input_count);
        Fr sum = ic[0];
        for (std::size_t i = 0; i < input_count; ++i) {
            inputs[i] = random_element(random);
            sum += ic[i + 1] * inputs[i];
        }
        const Fr a = random_element(random), b = random_element(random);
        const Fr c = (a * b - secrets.alpha * secrets.beta - sum * secrets.gamma) * secrets.delta.inverse();
        out.proofs.push_back({g1 * a, g2 * b, g1 * c});
        out.inputs.push_back(std::move(inputs));
    }
    return out;
}

/// Measures from bytes to verdict. Items are proofs.
void verify_batch(benchmark::State& state) {
    const auto count = static_cast<std::size_t>(state.range(0));
    auto all = statements(count, static_cast<std::size_t>(state.range(1)));
    Bytes proofs;
    for (const auto& proof : all.proofs) append(proofs, proof.to_bytes());
    const auto verifier = *Groth16Verifier::make(std::move(all.key));
    for (auto _ : state)
        if (!verifier.verify(proofs, all.inputs)) state.SkipWithError("refused");
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
// 39 and 327 are the public inputs of a PoRep partition of a 2 KiB and of a 32 GiB sector (docs/protocol/proofs.md
// §12).
BENCHMARK(verify_batch)->ArgsProduct({{1, 10, 100}, {39, 327}})->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace strata::proofs
