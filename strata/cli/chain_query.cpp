// strata chain head, list, msg and block: the chain of a running node. Source: lotus api/api_full.go (Chain*,
// StateSearchMsg).
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <strata/cli/node_verb.hpp>

namespace strata::cli {
namespace {

using api::Json;

constexpr std::uint64_t kMostListed = 1000;  // tipsets

struct ChainOptions : NodeOptions {
    std::string cid;
    std::uint64_t count = 10;
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

}  // namespace strata::cli
