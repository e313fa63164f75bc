// strata deals list and show: the client's own files, and the deals on the chain. Source: lotus api/api_full.go
// (StateMarket*).
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include <strata/cli/storage_place.hpp>
#include <strata/cli/storage_verbs.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/client/put.hpp>

namespace strata::cli {
namespace {

using api::Json;
using client::PutRecord;

struct DealOptions : StorageOptions {
    std::string deal;
};

/// Returns true if the provider can say more about a deal than the chain.
bool needs_provider(const PutRecord& record) {
    return std::ranges::any_of(record.deals, [](const client::PutDeal& deal) {
        return deal.stage == client::PutStage::sent || deal.stage == client::PutStage::published;
    });
}

/// Returns the client's records as provider and chain see them now.
Result<std::vector<PutRecord>> own_files(const StorageOptions& options, client::NodeCalls& node) {
    STRATA_TRY(const auto folder, files_folder(options, node));
    STRATA_TRY(auto records, folder.all());
    const auto watch = terminal_watch("strata deals");
    std::map<Address, std::string> urls;
    for (auto& record : records) {
        // After a restart a provider may be at a different port.
        if (needs_provider(record) && !urls.contains(record.miner)) {
            STRATA_TRY(urls[record.miner],
                       client::find_again(node, provider_search(options), record.miner, record.url, watch));
        }
        STRATA_OK(refresh(node, folder, record, urls[record.miner]));
    }
    return records;
}

std::string many_deals_text(const PutRecord& record) {
    std::size_t published = 0, proven = 0;
    ChainEpoch last = 0;
    for (const auto& deal : record.deals) {
        const bool is_stored = deal.stage == client::PutStage::stored;
        published += is_stored || deal.stage == client::PutStage::published ? 1 : 0;
        proven += is_stored ? 1 : 0;
        last = std::max(last, deal.proven);
    }
    if (published == 0) return {};
    return fmt::format("{} of {} deals, {} of them proven{}", published, record.deals.size(), proven,
                       proven == 0 ? "" : fmt::format(", the last at epoch {}", last));
}

std::string deals_text(const PutRecord& record) {
    if (record.deals.size() > client::kFewDeals) return many_deals_text(record);
    std::string out;
    for (const auto& deal : record.deals) {
        if (deal.stage != client::PutStage::published && deal.stage != client::PutStage::stored) continue;
        out += fmt::format("{}deal {}", out.empty() ? "" : ", ", deal.id);
        if (deal.stage == client::PutStage::stored)
            out += fmt::format(" in sector {}, proven at epoch {}", deal.sector, deal.proven);
    }
    return out;
}

/// Returns the causes of a record that is not stored, each once, and what to do.
std::string trouble_text(const PutRecord& record, const std::string& indent = "    ") {
    std::string out;
    std::set<std::string> told;
    for (const auto& deal : record.deals)
        if (!deal.failure.empty() && told.insert(deal.failure).second) out += fact(indent + "why", deal.failure);
    const auto next = client::next_step(record);
    return next.empty() ? out : out + fact(indent + "next", next);
}

std::string file_text(const PutRecord& record, char prefix) {
    const auto deals = deals_text(record);
    return fmt::format("{}  {}  {} bytes\n", record.root.to_string(),
                       std::filesystem::path(record.file).filename().string(), record.size) +
           fact("    " + std::string(client::stage_name(record.stage())),
                record.miner.to_string(prefix) + (deals.empty() ? "" : ", " + deals)) +
           trouble_text(record);
}

/// Returns the number if the text is one.
std::optional<DealId> number_in(const std::string& text) {
    DealId out = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, out);
    return read.ec == std::errc() && read.ptr == end ? std::optional(out) : std::nullopt;
}

std::string deal_line(DealId id, const Json& deal) {
    const Json proposal = deal.is_object() ? deal.value("Proposal", Json()) : Json();
    const Json state = deal.is_object() ? deal.value("State", Json()) : Json();
    const auto since = member_text(state, "SectorStartEpoch");
    return fmt::format("{:>6}  client {}, provider {}, epochs {} to {}, {}\n", id, member_text(proposal, "Client"),
                       member_text(proposal, "Provider"), member_text(proposal, "StartEpoch"),
                       member_text(proposal, "EndEpoch"),
                       since == "-1" || since == "-" ? "not proven yet" : "proven since epoch " + since);
}

Result<Answer> list(const StorageOptions& options, api::Client& api, char prefix) {
    client::NodeCalls node(api, prefix);
    STRATA_TRY(const auto records, own_files(options, node));
    STRATA_TRY(auto all, api.ask("StateMarketDeals", Json::array({Json()})));
    if (all.is_null()) all = Json::object();
    Answer out{{{"Files", Json::array()}, {"Deals", all}}, {}};
    out.text =
        records.empty() ? "no file was put from here; strata put FILE stores one\n" : "files that were put from here\n";
    for (const auto& record : records) {
        out.json["Files"].push_back(record_json(record, prefix));
        out.text += file_text(record, prefix);
    }
    out.text += all.empty() ? "\nno deals are on the chain\n" : "\ndeals on the chain\n";
    std::map<DealId, const Json*> by_number;
    for (const auto& [id, deal] : all.items()) by_number[number_in(id).value_or(0)] = &deal;
    for (const auto& [id, deal] : by_number) out.text += deal_line(id, *deal);
    return out;
}

std::string chain_text(DealId id, const Json& deal) {
    const Json proposal = deal.is_object() ? deal.value("Proposal", Json()) : Json();
    const Json state = deal.is_object() ? deal.value("State", Json()) : Json();
    const auto since = member_text(state, "SectorStartEpoch");
    return fact("deal", std::to_string(id)) + fact("piece", member_text(proposal, "PieceCID")) +
           fact("label", member_text(proposal, "Label")) + fact("client", member_text(proposal, "Client")) +
           fact("provider", member_text(proposal, "Provider")) +
           fact("epochs", member_text(proposal, "StartEpoch") + " to " + member_text(proposal, "EndEpoch")) +
           fact("price per epoch",
                fil_of(proposal.is_object() ? proposal.value("StoragePricePerEpoch", Json()) : Json())) +
           fact("sector", since == "-1" || since == "-"
                              ? "not proven yet"
                              : fmt::format("{}, proven since epoch {}", member_text(state, "SectorNumber"), since));
}

bool is_about(const PutRecord& record, const Cid& cid) {
    if (record.root == cid) return true;
    return std::ranges::any_of(record.deals, [&](const client::PutDeal& deal) {
        return deal.piece.cid == cid || (deal.deal && market::proposal_cid(deal.deal->proposal) == cid);
    });
}

/// Returns the stage in the words of a person who does not know them yet.
std::string stage_text(const PutRecord& record) {
    const auto stage = record.stage();
    const auto meaning = [&]() -> std::string_view {
        switch (stage) {
            case client::PutStage::planned:
                return "the money for the deal is not in the market yet";
            case client::PutStage::proposed:
                return "the provider has not answered the proposal yet";
            case client::PutStage::accepted:
                return "the provider accepted the deal and waits for the data";
            case client::PutStage::sent:
                return "the provider has the data and publishes the deal on the chain";
            case client::PutStage::published:
                return "the deal is on the chain, and the provider seals the data into a sector";
            case client::PutStage::stored:
                return "a sector with the data is proven";
            case client::PutStage::failed:
                return "the reason is below; money that was not spent stays in the market";
        }
        return {};
    }();
    return fmt::format("{}: {}", client::stage_name(stage), meaning);
}

std::string record_text(const PutRecord& record, char prefix) {
    std::string out = fact("file", fmt::format("{}  {} bytes", record.file, record.size)) +
                      fact("CID", record.root.to_string()) + fact("stage", stage_text(record)) +
                      fact("provider", record.miner.to_string(prefix) + " at " + record.url) +
                      fact("wallet", record.wallet.to_string(prefix));
    for (const auto& deal : record.deals) {
        out += fact("piece", fmt::format("{}  {} bytes, padded to {}: {}", deal.piece.cid.to_string(), deal.car_size,
                                         deal.piece.size, client::stage_name(deal.stage)));
        if (!deal.deal) continue;
        const auto& terms = deal.deal->proposal;
        out += fact("proposal", market::proposal_cid(terms).to_string());
        out += fact("epochs", fmt::format("{} to {}", terms.start_epoch, terms.end_epoch));
        out += fact("cost", fil_of(Json(terms.client_balance_requirement().to_string())));
    }
    const auto deals = deals_text(record);
    if (!deals.empty()) out += fact("on the chain", deals);
    if (record.stage() == client::PutStage::stored) out += fact("get it back", "strata get " + record.root.to_string());
    return out + trouble_text(record, "");
}

/// Returns when a record changed last; the begin of time if nobody can tell.
std::filesystem::file_time_type changed_at(const client::PutFolder& folder, const PutRecord& record) {
    std::error_code error;
    const auto out = std::filesystem::last_write_time(folder.of(record.root, record.miner) / "record", error);
    return error ? std::filesystem::file_time_type::min() : out;
}

/// Shows the file that was worked on last, for a person who has just put one.
Result<Answer> show_newest(const DealOptions& options, client::NodeCalls& node) {
    STRATA_TRY(const auto folder, files_folder(options, node));
    STRATA_TRY(const auto before, folder.all());  // own_files() may change the times
    if (before.empty())
        return fail(Errc::not_found,
                    "no file was put from here; strata put FILE stores one, and strata deals list shows the deals of "
                    "others");
    const auto newest =
        std::ranges::max_element(before, {}, [&](const PutRecord& record) { return changed_at(folder, record); });
    STRATA_TRY(const auto records, own_files(options, node));
    Answer out{Json::array(), {}};
    for (const auto& record : records) {
        if (record.root != newest->root || record.miner != newest->miner) continue;
        out.json.push_back(record_json(record, node.prefix()));
        out.text += record_text(record, node.prefix());
    }
    if (records.size() > 1) out.text += fact("others", fmt::format("{}; strata deals list", records.size() - 1));
    return out;
}

/// Shows what this client knows of a CID.
Result<Answer> show_file(const DealOptions& options, client::NodeCalls& node) {
    const auto cid = Cid::parse(options.deal);
    if (!cid)
        return fail(Errc::invalid_argument,
                    options.deal + " is neither the number of a deal nor a CID (" + cid.error().message() + ")");
    STRATA_TRY(const auto records, own_files(options, node));
    Answer out{Json::array(), {}};
    for (const auto& record : records) {
        if (!is_about(record, *cid)) continue;
        out.json.push_back(record_json(record, node.prefix()));
        out.text += (out.text.empty() ? "" : "\n") + record_text(record, node.prefix());
    }
    if (!out.text.empty()) return out;
    return fail(Errc::not_found, "no file with the CID " + options.deal +
                                     " was put from here; strata deals list shows those that were, and the deals on "
                                     "the chain");
}

Result<Answer> show(const DealOptions& options, api::Client& api, char prefix) {
    const auto id = number_in(options.deal);
    client::NodeCalls node(api, prefix);
    if (options.deal.empty()) return show_newest(options, node);
    if (!id) return show_file(options, node);
    api::Refusal refusal;
    auto deal = api.ask("StateMarketStorageDeal", Json::array({*id, Json()}), &refusal);
    if (!deal && refusal.message.contains("deal " + std::to_string(*id) + " not found"))
        return fail(Errc::not_found,
                    "the chain has no deal " + options.deal +
                        ": it was never published, or it is over; strata deals list shows those there are");
    if (!deal) return std::move(deal).error();
    return Answer{*deal, chain_text(*id, *deal)};
}

}  // namespace

void add_deals(CLI::App& app, Run& run) {
    auto* group = app.add_subcommand("deals", "files that were put, and the storage deals on the chain");
    group->require_subcommand(1);
    auto all = std::make_shared<StorageOptions>();
    add_records_option(
        *add_node_verb(*group, run, all, "list", "list the files that were put, and all deals", "strata deals list",
                       [all](api::Client& node, char prefix) { return list(*all, node, prefix); }),
        *all);
    auto one = std::make_shared<DealOptions>();
    auto* verb = add_node_verb(
        *group, run, one, "show", "show a deal, or a file that was put: how far it is, or why it failed",
        "strata deals show 7", [one](api::Client& node, char prefix) { return show(*one, node, prefix); });
    verb->add_option("DEAL", one->deal,
                     "the deal's number, or the CID of a file, a piece or a proposal (default: the file that was put "
                     "last)");
    add_records_option(*verb, *one);
    add_deals_retry(*group, run);
}

}  // namespace strata::cli
