// strata sp pipeline, pledge, retry, storage and ask: the provider of a running node, asked at its own door.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <thread>

#include <nlohmann/json.hpp>

#include <strata/cli/miner_choice.hpp>
#include <strata/cli/provider_calls.hpp>
#include <strata/cli/storage_verbs.hpp>
#include <strata/cli/terminal.hpp>

namespace strata::cli {
namespace {

using api::Json;

struct OwnerOptions : MinerOptions {
    std::optional<std::uint64_t> sector;
    bool wait = false;
    std::uint64_t timeout = 3600;  // seconds
};

std::string line_of(const Json& sector) {
    std::uint64_t deals = 0;
    for (const auto& piece : member(sector, "Pieces")) deals += member(piece, "DealID").is_null() ? 0 : 1;
    std::string out =
        fmt::format("{:>8}  {:<13} {} deals", member_text(sector, "Sector"), member_text(sector, "State"), deals);
    if (const auto message = member_text(sector, "Message"); message != "-") out += "  waits for " + message;
    if (const auto reason = member_text(sector, "Reason"); !reason.empty()) out += "  " + reason;
    return out + "\n";
}

Result<Json> sector_of(const OwnerOptions& options, std::uint64_t number) {
    STRATA_TRY(const auto all, ask_provider(options, "GET", "/provider/sectors"));
    for (const auto& one : member(all, "Sectors"))
        if (member(one, "Sector") == number) return one;
    return fail(Errc::not_found,
                fmt::format("the provider has no sector {}; strata sp pipeline lists those it has", number));
}

// The names of states are those of provider/sector_record.cpp.
bool is_at_end(const Json& sector) {
    const auto state = member_text(sector, "State");
    return state == "Proving" || state == "Failed" || state == "Ended" || state == "Moved";
}

/// Follows a sector until it is proven, or ends in a different way.
Result<Answer> follow(const OwnerOptions& options, std::uint64_t number) {
    using Clock = std::chrono::steady_clock;
    const auto watch = terminal_watch("strata sp");
    const auto end = Clock::now() + std::chrono::seconds(options.timeout);
    for (; Clock::now() < end; std::this_thread::sleep_for(std::chrono::seconds(1))) {
        STRATA_TRY(const auto sector, sector_of(options, number));
        if (is_at_end(sector)) {
            if (member_text(sector, "State") == "Proving") return Answer{sector, line_of(sector)};
            return fail(Errc::verification, fmt::format("the sector {} is {}: {}", number, member_text(sector, "State"),
                                                        member_text(sector, "Reason")));
        }
        STRATA_OK(watch.at(fmt::format("sector {}: {}", number, member_text(sector, "State")), 0));
    }
    return fail(Errc::io, fmt::format("the sector {} is not proven after {} seconds; strata sp pipeline --sector {} "
                                      "--wait goes on",
                                      number, options.timeout, number));
}

Result<Answer> pipeline(const OwnerOptions& options, api::Client&, char) {
    if (options.sector && options.wait) return follow(options, *options.sector);
    if (options.sector) {
        STRATA_TRY(const auto sector, sector_of(options, *options.sector));
        return Answer{sector, line_of(sector)};
    }
    if (options.wait) return fail(Errc::invalid_argument, "--wait needs --sector, which says what to wait for");
    STRATA_TRY(const auto all, ask_provider(options, "GET", "/provider/sectors"));
    const Json& sectors = member(all, "Sectors");
    Answer out{sectors, sectors.empty() ? "the provider has no sectors\n" : ""};
    for (const auto& one : sectors) out.text += line_of(one);
    return out;
}

Result<Answer> begun(const OwnerOptions& options, const Json& answer) {
    std::uint64_t number = 0;
    STRATA_OK(api::read_member(answer, "Sector", number));
    if (options.wait) return follow(options, number);
    return Answer{answer, fact("sector", std::to_string(number)) +
                              fact("", fmt::format("strata sp pipeline --sector {} --wait follows it", number))};
}

Result<Answer> pledge(const OwnerOptions& options, api::Client&, char) {
    STRATA_TRY(const auto answer, ask_provider(options, "POST", "/provider/pledge"));
    return begun(options, answer);
}

Result<Answer> retry(const OwnerOptions& options, api::Client&, char) {
    STRATA_TRY(const auto answer,
               ask_provider(options, "POST", fmt::format("/provider/sectors/{}/retry", *options.sector)));
    return begun(options, answer);
}

std::string size_text(const Json& bytes) {
    if (!bytes.is_number_unsigned()) return "-";
    return fmt::format("{:.1f} MiB", static_cast<double>(bytes.get<std::uint64_t>()) / (1 << 20));
}

Result<Answer> storage(const OwnerOptions& options, api::Client&, char) {
    STRATA_TRY(const auto answer, ask_provider(options, "GET", "/provider/storage"));
    std::string text = fact("folder", member_text(answer, "Folder")) +
                       fact("taken", size_text(member(answer, "Bytes"))) +
                       fact("free on the disk", size_text(member(answer, "FreeBytes")));
    for (const auto& part : member(answer, "Parts"))
        text += fact("", member_text(part, "Name") + "  " + size_text(member(part, "Bytes")));
    return Answer{answer, text};
}

/// The terms of a provider, as clients get them.
Result<Answer> ask(const OwnerOptions& options, api::Client& api, char prefix) {
    STRATA_TRY(const auto miner, miner_of(options, api, prefix));
    STRATA_TRY(const auto address, parse_address(miner));
    client::NodeCalls node(api, prefix);
    STRATA_TRY(const auto found,
               client::find_providers(node, provider_search(options), address, terminal_watch("strata sp ask")));
    if (found.providers.empty()) {
        std::string why;
        for (const auto& complaint : found.complaints) why += "; " + complaint;
        return fail(Errc::not_found, fmt::format("the provider of {} answers nowhere{}; strata sp announce writes its "
                                                 "address onto the chain",
                                                 miner, why));
    }
    const auto& [url, terms] = found.providers.front();
    const auto price = terms.ask.price_per_gib_epoch.to_string();
    return Answer{{{"Miner", miner},
                   {"URL", url},
                   {"PricePerGiBEpoch", price},
                   {"MaxPieceSize", terms.ask.max_piece_size},
                   {"LeastLead", terms.ask.least_lead}},
                  fact("miner", miner) + fact("answers at", url) +
                      fact("price", fil_of(Json(price)) + " an epoch and GiB") +
                      fact("largest piece", fmt::format("{} bytes", terms.ask.max_piece_size)) +
                      fact("least lead", fmt::format("{} epochs before a deal begins", terms.ask.least_lead))};
}

void add_waiting(CLI::App& verb, OwnerOptions& options) {
    verb.add_flag("--wait", options.wait, "wait until the sector is proven");
    verb.add_option("--timeout", options.timeout, "seconds to wait until the verb gives up")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
}

}  // namespace

void add_sp_owner(CLI::App& sp, Run& run) {
    {
        auto [verb, options] =
            add_verb<OwnerOptions>(sp, run, "pipeline", "list the provider's sectors with their states",
                                   "strata sp pipeline --sector 3 --wait", pipeline);
        verb->add_option("--sector", options->sector, "this sector only");
        add_waiting(*verb, *options);
    }
    {
        auto [verb, options] =
            add_verb<OwnerOptions>(sp, run, "pledge", "begin a sector without data", "strata sp pledge --wait", pledge);
        add_waiting(*verb, *options);
    }
    {
        auto [verb, options] =
            add_verb<OwnerOptions>(sp, run, "retry", "begin a failed sector again after the last step that holds",
                                   "strata sp retry 3 --wait", retry);
        verb->add_option("SECTOR", options->sector, "the sector's number")->required();
        add_waiting(*verb, *options);
    }
    add_verb<OwnerOptions>(sp, run, "storage", "show the disk space that the provider takes and has",
                           "strata sp storage", storage);
    auto [verb, options] = add_verb<OwnerOptions>(sp, run, "ask", "show the terms on which a provider takes deals",
                                                  "strata sp ask --miner t01000", ask);
    add_miner_option(*verb, *options);
    verb->add_option("--provider", options->providers, "URL of the provider (default: what is known of it)");
}

}  // namespace strata::cli
