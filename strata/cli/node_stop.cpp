// strata node stop: asks a node to end by its API, or, when that does not answer, the process that holds the lock of
// its folder. Source: lotus api/api_common.go (Shutdown).
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <strata/api/client.hpp>
#include <strata/base/lock_holder.hpp>
#include <strata/cli/exit_codes.hpp>
#include <strata/cli/find_node.hpp>
#include <strata/cli/home.hpp>
#include <strata/cli/node_stop.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/http/client.hpp>

namespace strata::cli {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr auto kAnswerTime = std::chrono::seconds(10);  // of the API, to a call that a node answers at once
constexpr milliseconds kLookEvery{200};

struct Options : NodeOptions {
    unsigned wait = 60;  // seconds
};

struct Stopped {
    std::string how;               // "api" or "signal"
    std::optional<pid_t> process;  // if it is known
    bool has_ended = false;        // false if it is not known, or if it was not waited for
};

/// Asks with little patience: a node that hangs has a different way out.
Status ask_api(const Options& options) {
    STRATA_TRY(const auto place, find_node(options));
    const auto alive = http::get(place.url.substr(0, place.url.find('/', place.url.find("://") + 3)) + "/health/livez",
                                 {}, {.body_bytes = 1 << 10, .timeout = kAnswerTime, .total = kAnswerTime});
    if (!alive) return fail(Errc::io, "no node answers at " + place.url + " (" + alive.error().message() + ")");
    STRATA_OK(api::Client(place.url, place.token).ask("Shutdown", api::Json::array()));
    return {};
}

/// Returns true once the process has ended; false after the wait. Errors: cancelled at Ctrl-C.
Result<bool> wait_for(const LockHolder& holder, unsigned seconds) {
    const auto latest = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    while (!stop_signal())
        if (holder.ended_within(kLookEvery))
            return true;
        else if (std::chrono::steady_clock::now() >= latest)
            return false;
    return fail(
        Errc::cancelled,
        fmt::format("stopped waiting; the node (process {}) was asked to stop and goes on with that", holder.id()));
}

/// A node that answers and refuses, as it does a token that does not allow this, is not ended by its process: the
/// person may not be allowed to end it, or a different program may have its address by now.
Error refused(const Error& why, const Result<std::optional<LockHolder>>& holder, const fs::path& folder) {
    if (!holder || !*holder) return why;
    return fail(Errc::verification, fmt::format("{}; the process that uses {} is {}, and kill {} ends it",
                                                why.message(), folder.string(), (*holder)->id(), (*holder)->id()));
}

Result<Stopped> stop(const Options& options) {
    fs::path folder;  // whose lock the node holds; empty if the person named the node by an address
    if (names_folder(options)) {
        STRATA_TRY(folder, node_folder(options));
    }
    auto holder = folder.empty() ? Result<std::optional<LockHolder>>(std::nullopt) : LockHolder::find(folder);
    const auto asked = ask_api(options);
    Stopped out{.how = "api", .process = {}, .has_ended = false};
    if (!asked) {
        if (folder.empty()) return asked.error();
        if (asked.error().code() == Errc::verification) return refused(asked.error(), holder, folder);
        if (!holder) return std::move(holder).error();
        if (!*holder)
            return fail(Errc::not_found, fmt::format("no node runs in {}: nobody holds its lock, and {}",
                                                     folder.string(), asked.error().message()));
        STRATA_OK((*holder)->ask_to_end());
        out.how = "signal";
    }
    if (!holder || !*holder) return out;
    out.process = (*holder)->id();
    if (options.wait == 0) return out;
    STRATA_TRY(out.has_ended, wait_for(**holder, options.wait));
    if (out.has_ended) return out;
    return fail(Errc::busy,
                fmt::format("the node (process {}) was asked to stop, by {}, and still runs after {} s; wait "
                            "for what it does, or end it with kill -9 {}: it goes on from what it stored",
                            *out.process, out.how == "api" ? "its API" : "SIGTERM", options.wait, *out.process));
}

int run_stop(const Options& options) {
    const auto done = stop(options);
    if (!done) return exit_code_of(Error(done.error()).with_context("strata node stop"));
    if (options.json) {
        const api::Json out{{"Stopped", true},
                            {"By", done->how},
                            {"Process", done->process ? api::Json(*done->process) : api::Json()},
                            {"Ended", done->has_ended}};
        fmt::print("{}\n", out.dump(1));
    } else if (done->how == "signal") {
        fmt::print("its API could not be asked, so process {}, which holds the folder's lock, got SIGTERM; {}\n",
                   *done->process, done->has_ended ? "the node has stopped" : "the node stops");
    } else {
        fmt::print("{}\n", done->has_ended ? "the node has stopped" : "the node stops");
    }
    return kDone;
}

}  // namespace

void add_node_stop(CLI::App& node, Run& run) {
    auto options = std::make_shared<Options>();
    auto* verb = node.add_subcommand("stop", "let a running node end, also one whose API does not answer");
    verb->footer("Example: strata node stop --node joined");
    add_node_options(*verb, *options);
    verb->add_option("--wait", options->wait, "seconds to wait until it has ended; 0: do not wait")
        ->capture_default_str();
    verb->callback([options, &run] { run = [options] { return run_stop(*options); }; });
}

}  // namespace strata::cli
