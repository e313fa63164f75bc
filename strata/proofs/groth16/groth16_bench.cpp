// Measures parts of key generation and proving, and blst's own Pippenger over the same points.
#include <benchmark/benchmark.h>
#include <blst.h>

#include <strata/crypto/fft.hpp>
#include <strata/crypto/msm.hpp>
#include <strata/proofs/circuit/circuits.hpp>
#include <strata/proofs/circuit/shapes.hpp>
#include <strata/proofs/groth16/prover.hpp>
#include <strata/proofs/groth16/setup.hpp>

namespace strata::proofs {
namespace {

namespace fs = std::filesystem;
using crypto::Fr;
using crypto::G1Affine;
using crypto::G2Affine;

std::vector<Fr> elements(std::size_t count) {
    crypto::SeededRandom random(as_bytes("bench"));
    std::vector<Fr> out(count);
    for (auto& element : out) element = random_element(random);
    return out;
}

/// Makes values of which nine in ten are bits, as in a PoRep's witness.
std::vector<Fr> mostly_bits(std::size_t count) {
    auto out = elements(count);
    for (std::size_t i = 0; i < count; ++i)
        if (i % 10 != 0) out[i] = Fr::from_u64(i & 1);
    return out;
}

template <class Point>
std::vector<Point> points(const Point& generator, std::size_t count) {
    std::vector<Point> out(count);
    const crypto::FixedBase<Point> base(generator);
    base.multiply(elements(count), out);
    return out;
}

void items(benchmark::State& state, std::size_t count) {
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(count));
}

void fft(benchmark::State& state) {
    const auto domain = *crypto::FftDomain::of_size(std::size_t{1} << state.range(0));
    auto values = elements(domain.size());
    for (auto _ : state) domain.to_coefficients(values);
    items(state, domain.size());
}
BENCHMARK(fft)->Arg(20)->Arg(22)->Unit(benchmark::kMillisecond)->UseRealTime();

void msm_g1(benchmark::State& state) {
    const auto count = std::size_t{1} << state.range(0);
    const auto all = points(crypto::g1_generator(), count);
    const auto scalars = state.range(1) != 0 ? mostly_bits(count) : elements(count);
    for (auto _ : state) benchmark::DoNotOptimize(crypto::multiply_sum(std::span<const G1Affine>(all), scalars));
    items(state, count);
}
BENCHMARK(msm_g1)->ArgsProduct({{16, 20}, {0, 1}})->Unit(benchmark::kMillisecond)->UseRealTime();

void msm_g2(benchmark::State& state) {
    const auto count = std::size_t{1} << state.range(0);
    const auto all = points(crypto::g2_generator(), count);
    const auto scalars = elements(count);
    for (auto _ : state) benchmark::DoNotOptimize(crypto::multiply_sum(std::span<const G2Affine>(all), scalars));
    items(state, count);
}
BENCHMARK(msm_g2)->Arg(16)->Unit(benchmark::kMillisecond)->UseRealTime();

/// blst runs on one thread; compare it with STRATA_THREADS=1.
void msm_g1_of_blst(benchmark::State& state) {
    const auto count = std::size_t{1} << state.range(0);
    const auto all = points(crypto::g1_generator(), count);
    Bytes scalars;
    for (const auto& element : elements(count)) append(scalars, element.to_bytes());
    std::vector<limb_t> scratch(blst_p1s_mult_pippenger_scratch_sizeof(count) / sizeof(limb_t));
    const blst_p1_affine* const point_list[2] = {reinterpret_cast<const blst_p1_affine*>(all.data()), nullptr};
    const byte* const scalar_list[2] = {scalars.data(), nullptr};
    blst_p1 sum;
    for (auto _ : state) blst_p1s_mult_pippenger(&sum, point_list, count, scalar_list, Fr::kBits, scratch.data());
    items(state, count);
}
BENCHMARK(msm_g1_of_blst)->Arg(16)->Arg(20)->Unit(benchmark::kMillisecond)->UseRealTime();

void fixed_base_g1(benchmark::State& state) {
    const auto scalars = elements(1 << 16);
    std::vector<G1Affine> out(scalars.size());
    const crypto::FixedBase<G1Affine> base(crypto::g1_generator());
    for (auto _ : state) base.multiply(scalars, out);
    items(state, out.size());
}
BENCHMARK(fixed_base_g1)->Unit(benchmark::kMillisecond)->UseRealTime();

/// Makes the keys of 2 KiB sectors: 0 for PoRep, 1 for WinningPoSt, 2 for WindowPoSt.
void key_2KiB(benchmark::State& state) {
    const auto circuit = blank_circuit(static_cast<CircuitKind>(state.range(0)), 2048)->compile();
    crypto::SeededRandom random(as_bytes("bench"));
    const auto secrets = SetupSecrets::draw(random);
    const auto path = fs::temp_directory_path() / "strata-bench.params";
    for (auto _ : state)
        if (!make_key(circuit, secrets, path)) state.SkipWithError("no key");
    fs::remove(path);
}
BENCHMARK(key_2KiB)->Arg(0)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);

/// Proves made-up values, a tenth of which are not bits. The proof means nothing but costs the same.
void prove_2KiB(benchmark::State& state) {
    const auto kind = static_cast<CircuitKind>(state.range(0));
    const auto circuit = std::make_shared<const R1cs>(blank_circuit(kind, 2048)->compile());
    crypto::SeededRandom random(as_bytes("bench"));
    const auto path = fs::temp_directory_path() / "strata-bench.params";
    if (!make_key(*circuit, SetupSecrets::draw(random), path)) return state.SkipWithError("no key");
    const auto prover = *Groth16Prover::make(*ProvingKey::open(path), circuit);
    const bool bits = kind == CircuitKind::porep;
    const Assignment values{elements(circuit->inputs), bits ? mostly_bits(circuit->aux) : elements(circuit->aux)};
    for (auto _ : state)
        if (!prover.prove(values, values.inputs[0], values.inputs[0])) state.SkipWithError("no proof");
    fs::remove(path);
}
BENCHMARK(prove_2KiB)->Arg(0)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(2);

void quotient_2KiB(benchmark::State& state) {
    const auto circuit = blank_circuit(static_cast<CircuitKind>(state.range(0)), 2048)->compile();
    const Assignment values{elements(circuit.inputs), mostly_bits(circuit.aux)};
    for (auto _ : state) benchmark::DoNotOptimize(quotient(circuit, values));
}
BENCHMARK(quotient_2KiB)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);

}  // namespace
}  // namespace strata::proofs
