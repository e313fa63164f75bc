// strata chain head, list, msg and block; sp: what is on the chain of a running node. Source: lotus
// api/api_full.go (Chain*, State*).
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <strata/cli/storage_place.hpp>
#include <strata/cli/storage_verbs.hpp>
#include <strata/cli/terminal.hpp>

namespace strata::cli {
namespace {

using api::Json;

constexpr std::uint64_t kMostListed = 1000;  // tipsets

struct ChainOptions : NodeOptions {
    std::string cid;
    std::uint64_t count = 10;
};
struct MinerOptions : StorageOptions {
    MinerOptions() { name = "provider-1"; }
};

std::string cids_text(const Json& tipset) {
    std::string out;
    for (const auto& cid : tipset.value("Cids", Json::array()))
        out += (out.empty() ? "" : " ") + (cid.is_object() ? member_text(cid, "/") : cid.dump());
    return out;
}

Result<Answer> head(api::Client& node) {
    STRATA_TRY(const auto tipset, node.ask("ChainHead", Json::array()));
    return Answer{tipset, fact("epoch", member_text(tipset, "Height")) + fact("blocks", cids_text(tipset))};
}

Result<Answer> list(const ChainOptions& options, api::Client& node) {
    Answer out{Json::array(), {}};
    STRATA_TRY(auto tipset, node.ask("ChainHead", Json::array()));
    for (std::uint64_t i = 0; i < options.count; ++i) {
        if (!tipset.is_object() || !tipset.contains("Blocks") || !tipset["Blocks"].is_array() ||
            tipset["Blocks"].empty())
            return fail(Errc::malformed, "the node's answer is not a tipset with blocks");
        out.text += fmt::format("{:>8}  {}\n", member_text(tipset, "Height"), cids_text(tipset));
        const Json parents = tipset["Blocks"][0].value("Parents", Json());
        out.json.push_back({{"Height", tipset.value("Height", Json())}, {"Cids", tipset.value("Cids", Json())}});
        if (!parents.is_array() || parents.empty() || tipset.value("Height", 0) == 0) break;
        STRATA_TRY(tipset, node.ask("ChainGetTipSet", Json::array({parents})));
    }
    return out;
}

Result<Answer> message(const ChainOptions& options, api::Client& node) {
    STRATA_TRY(const auto cid, parse_cid(options.cid));
    STRATA_TRY(const auto found, node.ask("ChainGetMessage", Json::array({cid})));
    STRATA_TRY(const auto lookup, node.ask("StateSearchMsg", Json::array({Json(), cid, -1, true})));
    std::string text = fact("from", member_text(found, "From")) + fact("to", member_text(found, "To")) +
                       fact("value", fil_of(found.value("Value", Json()))) +
                       fact("nonce", member_text(found, "Nonce")) + fact("method", member_text(found, "Method"));
    if (lookup.is_object()) {
        const Json receipt = lookup.value("Receipt", Json());
        text += fact("epoch", member_text(lookup, "Height")) + fact("exit code", member_text(receipt, "ExitCode")) +
                fact("gas used", member_text(receipt, "GasUsed"));
    } else {
        text += fact("state", "not executed yet");
    }
    return Answer{{{"Message", found}, {"Lookup", lookup}}, text};
}

Result<Answer> block(const ChainOptions& options, api::Client& node) {
    STRATA_TRY(const auto cid, parse_cid(options.cid));
    STRATA_TRY(const auto header, node.ask("ChainGetBlock", Json::array({cid})));
    STRATA_TRY(const auto messages, node.ask("ChainGetBlockMessages", Json::array({cid})));
    std::string text = fact("epoch", member_text(header, "Height")) + fact("miner", member_text(header, "Miner")) +
                       fact("state root", member_text(header, "ParentStateRoot")) +
                       fact("timestamp", member_text(header, "Timestamp"));
    const Json cids = messages.is_object() ? messages.value("Cids", Json()) : Json();
    text += fact("messages", std::to_string(cids.is_array() ? cids.size() : 0));
    if (cids.is_array())
        for (const auto& one : cids) text += fact("", member_text(one, "/"));
    return Answer{{{"Header", header}, {"Messages", messages}}, text};
}

/// Returns the miner's address: --miner, or the first miner of the network, which on a local network is provider-1.
Result<std::string> miner_of(const MinerOptions& options, api::Client& node, char prefix) {
    if (!options.miner.empty()) {
        STRATA_TRY(const auto address, parse_address(options.miner));
        return address.to_string(prefix);
    }
    if (!options.api.empty())
        return fail(Errc::invalid_argument, "with --api, --miner names the miner, such as t01000");
    STRATA_TRY(const auto miners, node.ask("StateListMiners", Json::array({Json()})));
    std::vector<std::string> names;
    for (const auto& one : miners)
        if (one.is_string()) names.push_back(one.get<std::string>());
    if (names.empty()) return fail(Errc::not_found, "the network has no miners; name one with --miner");
    return *std::ranges::min_element(names, {}, [](const auto& name) { return std::pair(name.size(), name); });
}

std::string power_text(const Json& power, const char* whose) {
    const Json claim = power.is_object() ? power.value(whose, Json()) : Json();
    return fmt::format("{} bytes raw, {} quality-adjusted", member_text(claim, "RawBytePower"),
                       member_text(claim, "QualityAdjPower"));
}

/// Returns where the provider takes deals and serves data: what its multiaddrs say, and in a local network its node.
Result<std::vector<std::string>> urls_of(const MinerOptions& options, const Json& info, api::Client& api, char prefix,
                                         const std::string& miner) {
    std::vector<std::string> out;
    std::vector<Bytes> announced;
    STRATA_OK(api::read(info.is_object() ? info.value("Multiaddrs", Json()) : Json(), announced));
    for (const auto& one : announced)
        if (auto url = client::http_url(one)) out.push_back(std::move(*url));
    auto search = provider_search(options);
    search.named = true;  // the chain's addresses are here already
    client::NodeCalls node(api, prefix);
    STRATA_TRY(const auto address, parse_address(miner));
    STRATA_TRY(const auto found, client::find_providers(node, search, address, terminal_watch("strata sp info")));
    for (const auto& provider : found.providers)
        if (std::ranges::find(out, provider.url) == out.end()) out.push_back(provider.url);
    return out;
}

Result<Answer> sp_info(const MinerOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto miner, miner_of(options, node, prefix));
    const auto key = Json::array({miner, Json()});
    STRATA_TRY(const auto info, node.ask("StateMinerInfo", key));
    STRATA_TRY(const auto power, node.ask("StateMinerPower", key));
    STRATA_TRY(const auto count, node.ask("StateMinerSectorCount", key));
    STRATA_TRY(const auto free, node.ask("StateMinerAvailableBalance", key));
    STRATA_TRY(const auto urls, urls_of(options, info, node, prefix, miner));
    std::string urls_text;
    for (const auto& url : urls) urls_text += fact("deals and data at", url);
    if (urls.empty()) urls_text = fact("deals and data at", "no address; strata sp announce writes one onto the chain");
    return Answer{
        {{"Miner", miner},
         {"Info", info},
         {"Power", power},
         {"Sectors", count},
         {"AvailableBalance", free},
         {"URLs", urls}},
        fact("miner", miner) + fact("owner", member_text(info, "Owner")) + fact("worker", member_text(info, "Worker")) +
            fact("sector size", member_text(info, "SectorSize") + " bytes") +
            fact("power", power_text(power, "MinerPower")) + fact("network's power", power_text(power, "TotalPower")) +
            fact("sectors", fmt::format("{} live, {} active, {} faulty", member_text(count, "Live"),
                                        member_text(count, "Active"), member_text(count, "Faulty"))) +
            fact("available balance", fil_of(free)) + urls_text};
}

Result<Answer> sp_sectors(const MinerOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto miner, miner_of(options, node, prefix));
    STRATA_TRY(const auto all, node.ask("StateMinerSectors", Json::array({miner, Json(), Json()})));
    Answer out{{{"Miner", miner}, {"Sectors", all.is_null() ? Json::array() : all}},
               fmt::format("{:>8}  {:>10}  {:>10}  pledge\n", "sector", "activated", "expires")};
    for (const auto& sector : out.json["Sectors"])
        out.text += fmt::format("{:>8}  {:>10}  {:>10}  {}\n", member_text(sector, "SectorNumber"),
                                member_text(sector, "Activation"), member_text(sector, "Expiration"),
                                fil_of(sector.value("InitialPledge", Json())));
    return out;
}

Result<Answer> sp_deadlines(const MinerOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto miner, miner_of(options, node, prefix));
    STRATA_TRY(const auto now, node.ask("StateMinerProvingDeadline", Json::array({miner, Json()})));
    STRATA_TRY(const auto all, node.ask("StateMinerDeadlines", Json::array({miner, Json()})));
    Answer out{{{"Miner", miner}, {"Current", now}, {"Deadlines", Json::array()}},
               fact("current", fmt::format("deadline {}, open from epoch {} to {}", member_text(now, "Index"),
                                           member_text(now, "Open"), member_text(now, "Close")))};
    for (std::uint64_t i = 0; i < all.size(); ++i) {
        STRATA_TRY(const auto partitions, node.ask("StateMinerPartitions", Json::array({miner, i, Json()})));
        const auto count = partitions.is_array() ? partitions.size() : 0;
        out.json["Deadlines"].push_back({{"Index", i}, {"Deadline", all[i]}, {"Partitions", partitions}});
        if (count != 0) out.text += fact(fmt::format("deadline {}", i), fmt::format("{} partition(s)", count));
    }
    return out;
}

}  // namespace

void add_chain_queries(CLI::App& chain, Run& run) {
    add_node_verb(chain, run, std::make_shared<NodeOptions>(), "head", "print the head of a running node",
                  "strata chain head", [](api::Client& node, char) { return head(node); });
    auto last = std::make_shared<ChainOptions>();
    add_node_verb(chain, run, last, "list", "list the last tipsets of a running node", "strata chain list --count 5",
                  [last](api::Client& node, char) { return list(*last, node); })
        ->add_option("--count", last->count, "how many")
        ->check(CLI::Range(std::uint64_t{1}, kMostListed))
        ->capture_default_str();
    auto of_message = std::make_shared<ChainOptions>();
    add_node_verb(chain, run, of_message, "msg", "show a message and what came of it", "strata chain msg bafy2bza…",
                  [of_message](api::Client& node, char) { return message(*of_message, node); })
        ->add_option("CID", of_message->cid, "the message's CID")
        ->required();
    auto of_block = std::make_shared<ChainOptions>();
    add_node_verb(chain, run, of_block, "block", "show a block and its messages", "strata chain block bafy2bza…",
                  [of_block](api::Client& node, char) { return block(*of_block, node); })
        ->add_option("CID", of_block->cid, "the block's CID")
        ->required();
}

void add_sp(CLI::App& app, Run& run) {
    auto* sp = app.add_subcommand("sp", "a storage provider as the chain knows it");
    sp->require_subcommand(1);
    const auto add = [&](const char* name, const char* what, auto verb) {
        auto options = std::make_shared<MinerOptions>();
        add_node_verb(*sp, run, options, name, what, fmt::format("strata sp {} --miner t01000", name),
                      [options, verb](api::Client& node, char prefix) { return verb(*options, node, prefix); })
            ->add_option("--miner", options->miner, "the miner's address (default: the first of the network)");
    };
    add("info", "owner, power, sectors and balance", sp_info);
    add("sectors", "list the sectors", sp_sectors);
    add("deadlines", "list the deadlines in which sectors are proven", sp_deadlines);
    add_sp_announce(*sp, run);
}

}  // namespace strata::cli
