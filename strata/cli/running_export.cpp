#include <strata/cli/running_export.hpp>

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include <strata/api/client.hpp>
#include <strata/base/file_writer.hpp>
#include <strata/base/hex.hpp>
#include <strata/cli/exit_codes.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/crypto/sha256.hpp>
#include <strata/http/client.hpp>

namespace strata::cli {
namespace {

// A snapshot of mainnet has some 100 GiB, and a slow line takes its time.
constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 44;
constexpr std::chrono::hours kMostTime{24 * 14};

Result<std::string> query_of(const SnapshotExportCommand& command) {
    const std::string format = command.format.empty() ? "v2" : command.format;
    if (format != "v1" && format != "v2")
        return fail(Errc::invalid_argument,
                    fmt::format("--format {}: a running node sends v1 and v2; stop the node for indexed", format));
    if (!command.f3.empty())
        return fail(Errc::invalid_argument, "--f3: a running node sends no F3 data; stop the node for that");
    auto out = fmt::format("?format={}&recent_states={}", format, command.recent_states);
    if (command.tipset != "head") out += "&epoch=" + command.tipset;
    return out;
}

std::string header(const http::Answer& answer, const std::string& name) {
    const auto it = answer.headers.find(name);
    return it == answer.headers.end() ? std::string("?") : it->second;
}

Status fetch(const node::ApiAccess& node, const SnapshotExportCommand& command) {
    STRATA_TRY(const auto query, query_of(command));
    const auto watch = terminal_watch("chain export");
    STRATA_TRY(auto writer, FileWriter::create(command.file));
    crypto::Sha256 hash;
    const auto sink = [&](BytesView bytes) -> Status {
        if (command.checksum) hash.update(bytes);
        STRATA_OK(watch.at(std::to_string(writer.size() >> 20U) + " MiB", 0));
        return writer.write(bytes);
    };
    std::map<std::string, std::string> headers;
    if (!node.token.empty()) headers["Authorization"] = "Bearer " + node.token;
    STRATA_TRY(const auto answer, http::get_stream(node.url + "/rpc/snapshot" + query, sink, headers,
                                                   {.body_bytes = kMostBytes, .total = kMostTime}));
    if (answer.status != 200)
        return fail(Errc::verification,
                    fmt::format("the node at {} answered {}: {}", node.url, answer.status, as_text(answer.body)));
    STRATA_OK(writer.commit());
    clear_progress();
    fmt::print("{}: {} bytes up to epoch {}, from the running node at {}; head {}\n", command.file, writer.size(),
               header(answer, "x-strata-height"), node.url, header(answer, "x-strata-head"));
    if (!command.checksum) return {};
    const std::filesystem::path path = command.file;
    STRATA_OK(write_file(path.string() + ".sha256sum",
                         as_bytes(to_hex(hash.finish()) + "  " + path.filename().string() + "\n")));
    fmt::print("{}.sha256sum: its SHA-256\n", command.file);
    return {};
}

/// A node that was killed leaves its address behind, where a different program may answer by now. A busy one runs.
bool answers(const node::ApiAccess& node) {
    const auto version = api::Client(node.url, node.token).ask("Version", nlohmann::json::array());
    return version.has_value() || version.error().code() == Errc::busy;
}

}  // namespace

std::optional<node::ApiAccess> running_node(const SnapshotExportCommand& command) {
    node::ApiAccess out;
    if (!command.api.empty())
        out = node::parse_api_info(command.api);
    else if (!command.repository.empty())
        out = node::read_access_files(command.repository);
    if (out.url.empty() || (command.api.empty() && !answers(out))) return std::nullopt;
    if (!command.token.empty()) out.token = command.token;
    return out;
}

int run_running_export(const node::ApiAccess& node, const SnapshotExportCommand& command) {
    const auto done = fetch(node, command);
    return done ? kDone : exit_code_of(done);
}

}  // namespace strata::cli
