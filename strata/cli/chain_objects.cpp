// strata chain get, stat, read, tipset, gas and events: the blocks of a running node's chain. Source: lotus
// cli/chain.go, api/api_full.go (Chain*, GasEstimateGasPremium).
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/chain/audit.hpp>
#include <strata/cli/method_verb.hpp>
#include <strata/cli/pool_message.hpp>

namespace strata::cli {
namespace {

using api::Json;
using Kind = MethodParameter::Kind;

struct ObjectOptions : NodeOptions {
    std::string name;
};

std::string json_text(const Json& json) {
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// As lotus chain get: /pstate stands for the state before the head's own messages.
Result<std::string> full_path(api::Client& node, const std::string& path) {
    constexpr std::string_view kState = "/pstate";
    if (path.starts_with(kState)) {
        STRATA_TRY(const auto head, node.ask("ChainHead", Json::array()));
        const Json blocks = member(head, "Blocks");
        if (!blocks.is_array() || blocks.empty())
            return fail(Errc::malformed, "ChainHead: the node's answer is not a tipset with blocks");
        return "/ipfs/" + member_text(blocks[0], "ParentStateRoot") + path.substr(kState.size());
    }
    if (path.starts_with("/ipfs/") || path.starts_with("/ipld/")) return path;
    const auto slash = std::min(path.find('/'), path.size());
    STRATA_OK(parse_cid(std::string_view(path).substr(0, slash)));
    return "/ipfs/" + path;
}

Result<Answer> get(const ObjectOptions& options, api::Client& node, char) {
    STRATA_TRY(const auto path, full_path(node, options.name));
    STRATA_TRY(const auto found, node.ask("ChainGetNode", Json::array({path})));
    return Answer{found, json_text(member(found, "Obj"))};
}

std::string stat_text(const Json& stat) {
    return fact("size", member_text(stat, "Size") + " bytes") + fact("links", member_text(stat, "Links"));
}

Result<Answer> read(const ObjectOptions& options, api::Client& node, char) {
    STRATA_TRY(const auto cid, parse_cid(options.name));
    STRATA_TRY(const auto found, node.ask("ChainReadObj", Json::array({cid})));
    Bytes bytes;
    STRATA_OK(api::read(found, bytes));
    return Answer{found, to_hex(bytes) + "\n"};
}

std::string tipset_text(const Json& tipset) {
    std::string out = fact("epoch", member_text(tipset, "Height"));
    const Json blocks = member(tipset, "Blocks"), cids = member(tipset, "Cids");
    if (!blocks.is_array() || blocks.empty()) return out;
    out += fact("state before", member_text(blocks[0], "ParentStateRoot")) +
           fact("receipts before", member_text(blocks[0], "ParentMessageReceipts")) +
           fact("weight before", member_text(blocks[0], "ParentWeight")) +
           fact("base fee", member_text(blocks[0], "ParentBaseFee") + " attoFIL") +
           fact("timestamp", member_text(blocks[0], "Timestamp"));
    for (std::size_t i = 0; i < blocks.size() && cids.is_array() && i < cids.size(); ++i)
        out += fact("block", member_text(cids[i], "/") + " of " + member_text(blocks[i], "Miner"));
    return out;
}

Result<Answer> tipset(const ObjectOptions& options, api::Client& node, char) {
    const bool is_epoch = !options.name.empty() && options.name.find_first_not_of("0123456789") == std::string::npos;
    STRATA_TRY(const auto key, tipset_key(node, is_epoch ? "@" + options.name : options.name));
    STRATA_TRY(const auto found,
               key.is_null() ? node.ask("ChainHead", Json::array()) : node.ask("ChainGetTipSet", Json::array({key})));
    return Answer{found, tipset_text(found)};
}

/// The base fee, and the premiums with which a message is likely to get in within a number of blocks. Source: lotus
/// cli/chain.go (chain gas-price).
Result<Answer> gas(api::Client& node) {
    STRATA_TRY(const auto base_fee, base_fee_of_head(node));
    Answer out{{{"BaseFee", base_fee.to_string()}, {"Premiums", Json::array()}},
               fact("base fee", base_fee.to_string() + " attoFIL for a unit of gas")};
    for (const int blocks : {1, 2, 3, 5, 10, 20, 50, 100, 300}) {
        STRATA_TRY(const auto premium, node.ask("GasEstimateGasPremium", Json::array({blocks, "f00", 10'000, Json()})));
        out.json["Premiums"].push_back({{"Blocks", blocks}, {"Premium", premium}});
        out.text +=
            fact(fmt::format("within {} blocks", blocks), member_text(Json{{"", premium}}, "") + " attoFIL more");
    }
    return out;
}

/// The events of an executed message, or those below a root.
Result<Answer> events(const ObjectOptions& options, api::Client& node, char) {
    STRATA_TRY(const auto cid, parse_cid(options.name));
    Json root = cid;
    if (const auto lookup = node.ask("StateSearchMsg", Json::array({Json(), cid, -1, true}));
        lookup && !lookup->is_null()) {
        root = member(member(*lookup, "Receipt"), "EventsRoot");
        if (root.is_null()) return Answer{Json::array(), "the message has no events\n"};
    }
    STRATA_TRY(auto all, node.ask("ChainGetEvents", Json::array({root})));
    if (all.is_null()) all = Json::array();
    Answer out{all, {}};
    for (const auto& event : all) {
        out.text += fact("event", "of actor " + member_text(event, "Emitter"));
        for (const auto& entry : member(event, "Entries")) {
            Bytes value;
            if (api::read(member(entry, "Value"), value))
                out.text += fact("", fmt::format("{:<5} 0x{}", member_text(entry, "Key"), to_hex(value)));
        }
    }
    return out;
}

}  // namespace

void add_chain_objects(CLI::App& chain, Run& run) {
    const auto add = [&](const char* name, const char* what, const char* example, const char* argument,
                         const char* about, bool is_required, auto verb) {
        auto [added, options] = add_verb<ObjectOptions>(chain, run, name, what, example, verb);
        added->add_option(argument, options->name, about)->required(is_required);
    };
    add("get", "show what lies at a path through blocks, as JSON", "strata chain get /pstate/1/@Ha:t01000", "PATH",
        "a CID, or /ipfs/CID/name/…; /pstate is the state before the head", true, get);
    add("read", "print the bytes of a block in hexadecimal digits", "strata chain read bafy2bza…", "CID",
        "the block's CID", true, read);
    add("tipset", "show a tipset", "strata chain tipset 100", "EPOCH",
        "an epoch, or the CIDs of blocks with commas between them (default: the head)", false, tipset);
    add("events", "show the events of an executed message", "strata chain events bafy2bza…", "CID",
        "the message's CID, or the root of events", true, events);
    add_method_verb(chain, run,
                    {"stat",
                     "count size and links of all blocks below one",
                     "stat bafy2bza…",
                     "ChainStatObj",
                     {{Kind::cid, "CID", "the block's CID"},
                      {Kind::cid, "BASE", "blocks that this one leads to are not counted", true}},
                     stat_text});
    add_node_verb(chain, run, std::make_shared<NodeOptions>(), "gas",
                  "show the base fee and what messages bid above it", "strata chain gas",
                  [](api::Client& node, char) { return gas(node); });
}

}  // namespace strata::cli
