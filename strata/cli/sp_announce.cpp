// strata sp announce: writes onto the chain where a provider takes deals and serves data. Source: builtin-actors
// actors/miner/src/lib.rs (ChangeMultiaddrs); docs/protocol/node.md §28 (MpoolPushMessage).
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <strata/actors/miner/messages.hpp>
#include <strata/actors/miner/methods.hpp>
#include <strata/cli/node_verb.hpp>
#include <strata/cli/storage_verbs.hpp>
#include <strata/client/providers.hpp>

namespace strata::cli {
namespace {

using api::Json;

struct AnnounceOptions : NodeOptions {
    AnnounceOptions() { name = "provider-1"; }
    std::string miner;
    std::vector<std::string> urls;
};

Result<Answer> announce(const AnnounceOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto miner, parse_address(options.miner));
    actors::miner::ChangeMultiaddrsParams params;
    for (const auto& url : options.urls) {
        STRATA_TRY(params.new_multi_addrs.emplace_back(), client::http_multiaddr(url));
    }
    STRATA_TRY(const auto info, node.ask("StateMinerInfo", Json::array({miner.to_string(prefix), Json()})));
    Message message;
    message.to = miner;
    STRATA_TRY(message.from, parse_address(member_text(info, "Worker")));
    message.method = actors::miner::kChangeMultiaddrs;
    message.params = to_cbor(params);
    STRATA_TRY(const auto sent, node.ask("MpoolPushMessage", Json::array({api::Printer(prefix)(message), Json()})));
    if (!sent.is_object() || !sent.contains("CID"))
        return fail(Errc::malformed, "MpoolPushMessage: the node's answer lacks the field CID");
    return Answer{{{"CID", sent["CID"]}, {"Miner", miner.to_string(prefix)}, {"URLs", options.urls}},
                  fact("message", member_text(sent, "CID")) +
                      fact("", "when it is executed, strata sp info shows the addresses")};
}

}  // namespace

void add_sp_announce(CLI::App& sp, Run& run) {
    auto options = std::make_shared<AnnounceOptions>();
    auto* verb =
        add_node_verb(sp, run, options, "announce", "write onto the chain where a provider takes deals and serves data",
                      "strata sp announce http://203.0.113.7:3453 --miner t01000",
                      [options](api::Client& node, char prefix) { return announce(*options, node, prefix); });
    verb->add_option("URL", options->urls, "http://HOST:PORT; may be repeated; replaces what was announced")
        ->required();
    verb->add_option("--miner", options->miner, "the miner; the node has its worker's key")->required();
}

}  // namespace strata::cli
