// Measures the proofs of a sector, stage by stage. The counters show seconds. Keys come from the folder that
// STRATA_BENCH_PARAMS names, and are made there if they are missing.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdlib>

#include <strata/base/mapped_file.hpp>
#include <strata/crypto/random.hpp>
#include <strata/proofs/circuit/shapes.hpp>
#include <strata/proofs/circuit/witness.hpp>
#include <strata/proofs/params/parameter_store.hpp>
#include <strata/proofs/porep/seal.hpp>
#include <strata/proofs/post/post.hpp>
#include <strata/proofs/prover.hpp>

namespace strata::proofs {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// Counts, for each stage, the seconds since the stage before it ended.
class Stages {
  public:
    explicit Stages(benchmark::State& state) : state_(state) {}
    void ends(const std::string& name) {
        const auto now = Clock::now();
        state_.counters[name] += std::chrono::duration<double>(now - begin_).count();
        begin_ = now;
    }
    /// Returns a watch that counts the stages which the work itself reports; each ends where the next begins.
    Watch watch() {
        return {[this](std::string_view step, double) {
            if (!step_.empty()) ends(step_);
            begin_ = Clock::now();
            step_ = "c2 " + std::string(step);
        }};
    }
    void last_ends() { ends(std::exchange(step_, {})); }

  private:
    benchmark::State& state_;
    Clock::time_point begin_ = Clock::now();
    std::string step_;
};

ParameterStore parameters() {
    const char* folder = std::getenv("STRATA_BENCH_PARAMS");
    return ParameterStore(folder != nullptr ? fs::path(folder) : fs::temp_directory_path() / "strata-bench-params");
}

/// Makes the keys if they are missing and reads them, so that neither is measured.
Result<std::shared_ptr<const KeySet>> keys_of(ParameterStore& store, CircuitKind kind, std::uint64_t sector_size) {
    crypto::SystemRandom random;
    STRATA_OK(store.make(kind, sector_size, random));
    return store.open(kind, sector_size);
}

/// Holds an empty sector and the paths of its files, which are removed with the object.
struct Sector {
    explicit Sector(std::int64_t registered) {
        subject.config = *SealConfig::of(static_cast<RegisteredSealProof>(registered));
        fs::remove_all(folder);
        fs::create_directories(paths.cache);
        if (!MappedFile::create(paths.staged, size())) std::abort();
        // The table is made once for all sectors of a size.
        if (!ParentTable::load(subject.config.graph(), paths.parent_cache, {})) std::abort();
    }
    ~Sector() { fs::remove_all(folder); }
    std::uint64_t size() const { return subject.config.sector_size; }

    SealSubject subject;
    fs::path folder = fs::temp_directory_path() / "strata-prover-bench";
    SealPaths paths{folder / "cache", folder / "staged", folder / "sealed", (folder / "parents").string()};
};

Result<SealCommitments> pre_commit(const Sector& sector, Stages& stages) {
    STRATA_TRY(const auto phase1, seal_pre_commit_phase1(sector.subject, sector.paths, {}));
    stages.ends("pc1");
    STRATA_TRY(const auto commitments, seal_pre_commit_phase2(sector.subject, sector.paths, phase1));
    stages.ends("pc2");
    return commitments;
}

// These are the calls of prove_seal(), stage by stage.
Status commit(const Sector& sector, const KeySet& keys, const SealCommitments& commitments, Stages& stages) {
    STRATA_TRY(const auto vanilla, seal_commit_phase1(sector.subject, sector.paths, commitments, {}));
    stages.ends("c1");
    STRATA_TRY(const auto shape, porep_shape(sector.size()));
    STRATA_TRY(const auto values, porep_witness(shape, vanilla.commitments, vanilla.partitions.at(0)));
    stages.ends("c2 witness");
    if (first_unsatisfied(keys.prover.circuit(), values))
        return fail(Errc::verification, "the values do not satisfy the circuit");
    stages.ends("c2 rows checked");
    const auto r = values.aux.front();
    STRATA_OK(keys.prover.prove(values, r, r, stages.watch()));
    stages.last_ends();
    return {};
}

Status porep_stages(benchmark::State& state, ParameterStore& store) {
    const Sector sector(state.range(0));
    STRATA_TRY(const auto keys, keys_of(store, CircuitKind::porep, sector.size()));
    for (auto _ : state) {
        Stages stages(state);
        STRATA_TRY(const auto commitments, pre_commit(sector, stages));
        STRATA_OK(commit(sector, *keys, commitments, stages));
    }
    return {};
}

Status post_stages(benchmark::State& state, ParameterStore& store) {
    const bool winning = state.range(1) != 0;
    const Sector sector(state.range(0));
    Stages sealing(state);
    STRATA_TRY(const auto commitments, pre_commit(sector, sealing));
    state.counters.clear();
    const auto kind = winning ? PostKind::winning : PostKind::window;
    STRATA_TRY(const auto config, PostConfig::of(sector.size(), kind, PostRules::by_sector));
    STRATA_OK(keys_of(store, winning ? CircuitKind::winning_post : CircuitKind::window_post, sector.size()));
    const HeldSector held{{0, commitments.comm_r}, sector.paths.cache, sector.paths.sealed};
    crypto::SystemRandom random;
    for (auto _ : state) {
        Stages stages(state);
        if (winning) {
            STRATA_TRY(const auto vanilla, winning_post_vanilla(config, {}, held));
            stages.ends("vanilla");
            STRATA_OK(prove_winning_post(store, config, vanilla, random));
        } else {
            STRATA_TRY(const auto vanilla, window_post_vanilla(config, {}, {&held, 1}));
            stages.ends("vanilla");
            STRATA_OK(prove_window_post(store, config, vanilla.partitions, random));
        }
        stages.ends("prove");
    }
    return {};
}

void porep(benchmark::State& state) {
    auto store = parameters();
    if (const auto done = porep_stages(state, store); !done) state.SkipWithError(done.error().message().c_str());
}
// The number is the registered seal proof (V1_1): 5 for 2 KiB, 6 for 8 MiB.
BENCHMARK(porep)->Arg(5)->Arg(6)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);

void post(benchmark::State& state) {
    auto store = parameters();
    if (const auto done = post_stages(state, store); !done) state.SkipWithError(done.error().message().c_str());
}
// The second number is 0 for a WindowPoSt of one sector, 1 for a WinningPoSt.
BENCHMARK(post)->ArgsProduct({{5, 6}, {0, 1}})->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);

}  // namespace
}  // namespace strata::proofs
