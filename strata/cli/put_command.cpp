// strata put and strata get: files into a running network and back. Source: docs/formats/market_http.md.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <strata/cli/evm_access.hpp>
#include <strata/cli/exit_codes.hpp>
#include <strata/cli/home.hpp>
#include <strata/cli/storage_place.hpp>
#include <strata/cli/storage_verbs.hpp>
#include <strata/client/get.hpp>
#include <strata/client/put.hpp>
#include <strata/terminal/report.hpp>

namespace strata::cli {
namespace {

using api::Json;

struct PutCommand : StorageOptions {
    std::filesystem::path file;
    std::optional<ChainEpoch> duration;
    std::string price, wallet, cid;
    bool wait = false, resume = false;
    std::uint64_t timeout = 600;  // seconds
};

struct GetCommand : StorageOptions {
    std::string cid;
    std::filesystem::path out;
    bool force = false;
};

/// Shows on a terminal, in one line that is drawn over itself, what is being waited for.
Watch status_watch(terminal::Report& report) {
    return {[&report](std::string_view step, double) { report.status(step); }, &stop_signal()};
}

Result<client::PutOptions> put_options(const PutCommand& command) {
    client::PutOptions out;
    out.file = command.file;
    out.duration = command.duration;
    out.wait = command.wait;
    out.patience.most = std::chrono::seconds(command.timeout);
    STRATA_TRY(out.miner, chosen_miner(command));
    if (!command.wallet.empty()) {
        STRATA_TRY(out.wallet, parse_address(command.wallet));
    }
    if (!command.price.empty()) {
        auto price = parse_fil(command.price);
        if (!price)
            return fail(Errc::invalid_argument, fmt::format("--price {}: expected an amount in FIL, such as 0.01, for "
                                                            "an epoch and a GiB",
                                                            command.price));
        out.price_per_gib_epoch = std::move(*price);
    }
    if (command.resume || !command.file.empty()) return out;
    return fail(Errc::invalid_argument, "name a FILE to put, or give --resume");
}

void show_end(terminal::Report& report, const client::PutRecord& record) {
    if (const auto next = client::next_step(record); !next.empty()) report.fact("next", next);
    // The provider sends the file back from the moment when it has the data.
    if (record.stage() >= client::PutStage::sent && record.stage() != client::PutStage::failed)
        report.fact("get it back", "strata get " + record.root.to_string());
}

/// Goes on with everything that is unfinished. The answer has all of it, also what could not go on.
Result<Answer> resume(const PutCommand& command, const client::PutPlace& place, const client::PutOptions& options,
                      char prefix, terminal::Report& report) {
    STRATA_TRY(const auto all, client::resume_puts(place, options));
    report.finish();  // removes the line of what is awaited
    Answer out{Json::array(), {}};
    for (const auto& [record, error] : all) {
        out.json.push_back(record_json(record, prefix));
        if (error) {
            out.json.back()["error"] = error->message();
            out.code = kFault;
        } else if (!command.json) {
            show_end(report, record);
        }
    }
    if (all.empty()) out.text = "nothing is unfinished; strata deals list shows what was put\n";
    return out;
}

Result<Answer> put_one(const PutCommand& command, const client::PutPlace& place, const client::PutOptions& options,
                       char prefix, terminal::Report& report) {
    STRATA_TRY(const auto record, client::put_file(place, options));
    report.finish();
    if (!command.json) show_end(report, record);
    return Answer{record_json(record, prefix), {}};
}

Result<Answer> put(const PutCommand& command, api::Client& api, char prefix) {
    STRATA_TRY(const auto options, put_options(command));
    client::NodeCalls node(api, prefix);
    STRATA_TRY(const auto folder, files_folder(command, node));
    terminal::Report report(command.json ? stderr : stdout);
    const client::PutPlace place{node, folder, provider_search(command),
                                 [&](std::string_view name, std::string_view value) { report.fact(name, value); },
                                 status_watch(report)};
    auto done = command.resume ? resume(command, place, options, prefix, report)
                               : put_one(command, place, options, prefix, report);
    report.finish();
    if (!done && done.error().code() == Errc::cancelled)
        return fail(Errc::cancelled, "stopped; the same command again goes on, and pays nothing twice");
    return done;
}

/// Goes on with the put of a file that this client began, by its CID: with the deals that are still good, or with new
/// ones where the old ones failed.
Result<Answer> retry(const PutCommand& command, api::Client& api, char prefix) {
    STRATA_OK(parse_cid(command.cid));
    STRATA_TRY(const auto root, Cid::parse(command.cid));
    client::NodeCalls node(api, prefix);
    STRATA_TRY(const auto folder, files_folder(command, node));
    STRATA_TRY(const auto records, folder.all());
    const client::PutRecord* found = nullptr;
    for (const auto& record : records)
        if (record.root == root && (found == nullptr || found->stage() == client::PutStage::stored)) found = &record;
    if (found == nullptr)
        return fail(Errc::not_found, "no file with the CID " + command.cid +
                                         " was put from here; strata deals list shows those that were");
    PutCommand again = command;
    again.file = found->file;
    if (again.miner.empty() && found->stage() != client::PutStage::failed) again.miner = found->miner.to_string(prefix);
    return put(again, api, prefix);
}

/// Returns where a file goes whose place nobody named.
std::filesystem::path usual_output(std::span<const client::PutRecord> records, const Cid& root) {
    std::filesystem::path name;
    for (const auto& record : records)
        if (record.root == root) name = std::filesystem::path(record.file).filename();
    std::error_code error;
    if (!name.empty() && !std::filesystem::exists(name, error)) return name;
    return root.to_string() + name.extension().string();
}

Result<Answer> get(const GetCommand& command, api::Client& api, char prefix) {
    client::NodeCalls node(api, prefix);
    client::GetOptions options;
    STRATA_OK(parse_cid(command.cid));
    STRATA_TRY(options.root, Cid::parse(command.cid));
    STRATA_TRY(options.miner, chosen_miner(command));
    options.search = provider_search(command);
    options.replace = command.force;
    STRATA_TRY(const auto folder, files_folder(command, node));
    STRATA_TRY(const auto records, folder.all());
    options.out = command.out.empty() ? usual_output(records, options.root) : command.out;
    terminal::Report report(command.json ? stderr : stdout);
    auto got = client::get_file(node, folder, options, status_watch(report));
    report.finish();
    if (!got && got.error().code() == Errc::cancelled)
        return fail(Errc::cancelled, "stopped; the same command again goes on with what came already");
    if (!got) return std::move(got).error();
    const auto& file = got->file;
    std::string text = fact("file", fmt::format("{}  {} bytes", options.out.string(), file.size)) +
                       fact("blocks", fmt::format("{} came now, each checked against its CID", file.blocks));
    for (const auto& url : got->sources) text += fact("asked", url);
    for (const auto& complaint : file.complaints) text += fact("not helpful", complaint);
    return Answer{{{"File", options.out.string()},
                   {"CID", {{"/", options.root.to_string()}}},
                   {"Size", file.size},
                   {"Blocks", file.blocks},
                   {"Downloaded", file.downloaded},
                   {"Sources", got->sources},
                   {"Complaints", file.complaints}},
                  text};
}

}  // namespace

void add_put(CLI::App& app, Run& run) {
    auto command = std::make_shared<PutCommand>();
    auto* verb =
        add_node_verb(app, run, command, "put",
                      "store a file with a provider of a running network; the same command again goes on where "
                      "an earlier one stopped",
                      "strata put picture.png --wait",
                      [command](api::Client& node, char prefix) { return put(*command, node, prefix); });
    verb->add_option("FILE", command->file, "the file to store");
    verb->add_flag("--resume", command->resume, "go on with every file that is not stored yet, by its own terms");
    verb->add_flag("--wait", command->wait,
                   "wait until a sector with the data is proven (otherwise: until the provider has the data)");
    add_provider_options(*verb, *command);
    verb->add_option("--duration", command->duration,
                     fmt::format("epochs that the file is stored; a day has {} (default: as it was begun, else {})",
                                 kEpochsInDay, client::kDefaultDuration));
    verb->add_option("--price", command->price, "FIL for an epoch and a GiB (default: what the provider asks)");
    verb->add_option("--wallet", command->wallet,
                     "who pays; the node has the key (default: the node's default address)");
    verb->add_option("--timeout", command->timeout, "seconds to wait for a block, or for a provider that is silent")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    add_records_option(*verb, *command);
}

void add_deals_retry(CLI::App& deals, Run& run) {
    auto [verb, command] = add_verb<PutCommand>(
        deals, run, "retry",
        "go on with a file that was put from here; failed deals are made anew, and nothing is paid twice",
        "strata deals retry bafk… --wait", retry);
    verb->add_option("CID", command->cid, "the file's CID, as strata deals list prints it")->required();
    verb->add_flag("--wait", command->wait, "wait until a sector with the data is proven");
    add_provider_options(*verb, *command);
    verb->add_option("--timeout", command->timeout, "seconds to wait for a block, or for a provider that is silent")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    add_records_option(*verb, *command);
}

void add_get(CLI::App& app, Run& run) {
    auto command = std::make_shared<GetCommand>();
    auto* verb = add_node_verb(
        app, run, command, "get",
        "get a file back by its CID; the same command again goes on where an earlier one stopped", "strata get bafk…",
        [command](api::Client& node, char prefix) { return get(*command, node, prefix); });
    verb->add_option("CID", command->cid, "the file's CID, as strata put and strata deals list print it")->required();
    verb->add_option("-o,--output", command->out,
                     "where the file is written (default: here, by its own name, or by its CID if a file of that name "
                     "is here already)");
    verb->add_flag("--force", command->force, "replace an existing file");
    add_provider_options(*verb, *command);
    add_records_option(*verb, *command);
}

}  // namespace strata::cli
