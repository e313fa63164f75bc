// Measures how fast the VM executes recorded messages, with the official WASM actors and with the native ones, on one
// thread and warm. It counts as the `bench` of the reference's program does (bench/run runs both): the
// time of a message is its execution, without what opens the state before and writes it after; of a sequence, cron is
// counted apart; everything runs once before it is measured. Each result is compared with the recorded one.
// Needs STRATA_VECTORS and, for WASM, STRATA_BUNDLES.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <functional>

#include <strata/base/large_stack.hpp>
#include <strata/conformance/messages.hpp>
#include <strata/conformance/sequences.hpp>
#include <strata/testing/temp_folder.hpp>
#include <strata/testing/vectors.hpp>

namespace strata::conformance {
namespace {

namespace fs = std::filesystem;
using Seconds = std::chrono::duration<double>;

// The steps that the reference's program prints by themselves.
constexpr std::string_view kEmptyCall = "return nothing";
constexpr std::string_view kDeepCall = "calls between actors, to the depth limit";

constexpr int kRounds = 5;

/// Returns the official actors, or null if STRATA_BUNDLES is not set. Compiled code is kept by the process only.
WasmVectors* official() {
    static const auto opened = [] {
        const char* bundles = std::getenv("STRATA_BUNDLES");
        static const testing::TempFolder cache;
        auto out = bundles == nullptr ? Result<std::unique_ptr<WasmVectors>>(Errc::not_found)
                                      : WasmVectors::open(bundles, cache / "wasm");
        return out ? std::move(*out) : nullptr;
    }();
    return opened.get();
}

double median(std::vector<double> of) {
    std::ranges::sort(of);
    return of.empty() ? 0 : of[of.size() / 2];
}

// Runs `work` on a thread that can execute messages itself, as the thread that executes a tipset does.
void on_one_thread(const std::function<void()>& work) {
    const Status done = run_on_large_stack([&]() -> Status {
        work();
        return {};
    });
    STRATA_CHECK(done.has_value());
}

bool has_failed(benchmark::State& state, const Report& report) {
    for (const auto& outcome : report.outcomes()) {
        if (outcome.verdict != Outcome::Verdict::failed) continue;
        state.SkipWithError((outcome.name + ": " + outcome.why).c_str());
        return true;
    }
    return false;
}

/// The memory of this process that is in use now, in MiB.
double resident() {
    std::ifstream file("/proc/self/statm");
    double size = 0;
    double pages = 0;
    file >> size >> pages;
    return pages * 4096 / (1 << 20);
}

void set_counters(benchmark::State& state, const std::vector<StepTime>& times) {
    std::vector<double> messages;
    Seconds all{};
    Seconds cron{};
    std::uint64_t gas = 0;
    std::size_t epochs = 0;
    for (const auto& time : times) {
        if (time.is_cron) {
            cron += time.took;
            epochs += time.runs;
            continue;
        }
        all += time.took;
        gas += time.gas_used;
        messages.push_back(Seconds(time.took).count());
        if (time.label == kEmptyCall) state.counters["empty_call_us"] = messages.back() * 1e6;
        if (time.label == kDeepCall) state.counters["deep_call_us"] = messages.back() * 1e6;
    }
    state.SetIterationTime(all.count());
    state.SetItemsProcessed(static_cast<std::int64_t>(messages.size()));
    state.counters["gas_per_second"] = static_cast<double>(gas) / all.count();
    state.counters["median_us"] = median(messages) * 1e6;
    state.counters["resident_MiB"] = resident();
    if (epochs != 0) state.counters["cron_us_each"] = cron.count() / static_cast<double>(epochs) * 1e6;
}

// Runs a sequence twice and reports the second time. A step whose code is not native ends a sequence.
void sequence(benchmark::State& state, const fs::path& path, bool with_wasm) {
    if (with_wasm && official() == nullptr)
        return state.SkipWithError("STRATA_BUNDLES is not set; set it to the folder of the official actor bundles");
    const VectorFile file(path);
    std::vector<StepTime> times;
    for (auto _ : state) {
        for (int round = 0; round < 2; ++round) {
            times.clear();
            Report report;
            on_one_thread([&] {
                run_sequence(file, report,
                             {.faults_each = 0, .wasm = with_wasm ? official() : nullptr, .times = &times});
            });
            if (has_failed(state, report)) return;
        }
        set_counters(state, times);
    }
}

// Runs each vector of a folder some times and adds up the medians.
void messages(benchmark::State& state, const std::vector<fs::path>& files) {
    if (official() == nullptr)
        return state.SkipWithError("STRATA_BUNDLES is not set; set it to the folder of the official actor bundles");
    for (auto _ : state) {
        double sum = 0;
        for (const auto& path : files) {
            const VectorFile file(path);
            std::vector<double> times;
            for (int round = 0; round <= kRounds; ++round) {
                Report report;
                std::chrono::nanoseconds took{};
                on_one_thread([&] { run_message_vector(file, report, *official(), &took); });
                if (has_failed(state, report)) return;
                if (round > 0) times.push_back(Seconds(took).count());
            }
            sum += median(times);
        }
        state.SetIterationTime(sum);
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(files.size()));
}

std::vector<fs::path> files_below(const fs::path& folder) {
    std::vector<fs::path> out;
    if (!fs::is_directory(folder)) return out;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.is_regular_file() && entry.path().string().contains(".json")) out.push_back(entry.path());
    std::ranges::sort(out);
    return out;
}

template <class F>
void add(const std::string& name, const F& run) {
    benchmark::RegisterBenchmark(name.c_str(), run)->UseManualTime()->Iterations(1)->Unit(benchmark::kMillisecond);
}

const bool kRegistered = [] {
    const char* vectors = std::getenv("STRATA_VECTORS");
    if (vectors == nullptr) return false;
    for (const auto& path : files_below(fs::path(vectors) / "fvm-nv28")) {
        const std::string name = VectorFile(path).name();
        const std::string scenario = name.substr(0, name.find('.'));
        for (const bool wasm : {true, false}) {
            // These call code of their own, which is WASM.
            if (!wasm && scenario.starts_with("limits")) continue;
            add("sequence/" + scenario + (wasm ? "/wasm" : "/native"),
                [path, wasm](benchmark::State& state) { sequence(state, path, wasm); });
        }
    }
    const auto files = files_below(fs::path(vectors) / "fvm/nv18");
    add("messages/nv18/wasm", [files](benchmark::State& state) { messages(state, files); });
    return true;
}();

}  // namespace
}  // namespace strata::conformance
