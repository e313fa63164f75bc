// strata state: actors and what they hold, at the head or at any tipset. Source: lotus cli/state.go, api/api_full.go
// (State*).
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/chain/audit.hpp>
#include <strata/cli/message_verb.hpp>
#include <strata/cli/method_verb.hpp>

namespace strata::cli {
namespace {

using api::Json;
using Kind = MethodParameter::Kind;

struct ActorOptions : NodeOptions {
    std::string address, tipset;
    bool reverse = false;
};

struct CallOptions : NodeOptions {
    std::string to, from, value = "0", tipset;
    std::uint64_t method = 0;
    ParamsOptions params;
    std::string bytes;  // as Lotus' users give parameters: base64 or hexadecimal digits
    std::string encoding = "hex";
};

/// Returns the name of an actor's code, as the node's bundle names it; empty if it is not known.
std::string code_name(api::Client& node, const Json& code) {
    const auto version = node.ask("StateNetworkVersion", Json::array({Json()}));
    if (!version) return {};
    const auto codes = node.ask("StateActorCodeCIDs", Json::array({*version}));
    if (!codes || !codes->is_object()) return {};
    for (const auto& [name, cid] : codes->items())
        if (cid == code) return name;
    return {};
}

Result<Answer> actor(const ActorOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto address, named_address(options.address, prefix));
    STRATA_TRY(const auto key, tipset_key(node, options.tipset));
    STRATA_TRY(const auto found, node.ask("StateGetActor", Json::array({address, key})));
    const auto name = code_name(node, member(found, "Code"));
    Answer out{found, fact("address", address) + fact("balance", fil_of(member(found, "Balance"))) +
                          fact("nonce", member_text(found, "Nonce")) +
                          fact("code", member_text(found, "Code") + (name.empty() ? "" : " (" + name + ")")) +
                          fact("head", member_text(found, "Head"))};
    if (const auto delegated = member_text(found, "DelegatedAddress"); delegated != "-")
        out.text += fact("delegated", delegated);
    if (!name.empty()) out.json["CodeName"] = name;
    return out;
}

Result<Answer> lookup(const ActorOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto address, named_address(options.address, prefix));
    STRATA_TRY(const auto key, tipset_key(node, options.tipset));
    STRATA_TRY(const auto found,
               node.ask(options.reverse ? "StateAccountKey" : "StateLookupID", Json::array({address, key})));
    return Answer{{{"Address", found}}, member_text(Json{{"", found}}, "") + "\n"};
}

Result<Answer> miner(const ActorOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto address, named_address(options.address, prefix));
    STRATA_TRY(const auto key, tipset_key(node, options.tipset));
    STRATA_TRY(const auto info, node.ask("StateMinerInfo", Json::array({address, key})));
    STRATA_TRY(const auto power, node.ask("StateMinerPower", Json::array({address, key})));
    STRATA_TRY(const auto count, node.ask("StateMinerSectorCount", Json::array({address, key})));
    STRATA_TRY(const auto deadline, node.ask("StateMinerProvingDeadline", Json::array({address, key})));
    STRATA_TRY(const auto available, node.ask("StateMinerAvailableBalance", Json::array({address, key})));
    std::string controls;
    for (const auto& one : member(info, "ControlAddresses"))
        controls += (controls.empty() ? "" : " ") + (one.is_string() ? one.get<std::string>() : one.dump());
    const Json claim = member(power, "MinerPower");
    return Answer{{{"Miner", address},
                   {"Info", info},
                   {"Power", power},
                   {"Sectors", count},
                   {"Deadline", deadline},
                   {"AvailableBalance", available}},
                  fact("miner", address) + fact("available balance", fil_of(available)) +
                      fact("owner", member_text(info, "Owner")) + fact("worker", member_text(info, "Worker")) +
                      fact("control", controls.empty() ? "-" : controls) + fact("peer", member_text(info, "PeerId")) +
                      fact("sector size", member_text(info, "SectorSize") + " bytes") +
                      fact("raw power", member_text(claim, "RawBytePower") + " bytes") +
                      fact("quality power", member_text(claim, "QualityAdjPower") + " bytes") +
                      fact("may win", member_text(power, "HasMinPower")) +
                      fact("sectors", fmt::format("{} live, {} active, {} faulty", member_text(count, "Live"),
                                                  member_text(count, "Active"), member_text(count, "Faulty"))) +
                      fact("deadline", fmt::format("{}, open from epoch {} to {}", member_text(deadline, "Index"),
                                                   member_text(deadline, "Open"), member_text(deadline, "Close")))};
}

Result<Answer> power(const ActorOptions& options, api::Client& node, char prefix) {
    Json address;
    if (!options.address.empty()) {
        STRATA_TRY(address, named_address(options.address, prefix));
    }
    STRATA_TRY(const auto key, tipset_key(node, options.tipset));
    STRATA_TRY(const auto found, node.ask("StateMinerPower", Json::array({address, key})));
    const Json own = member(found, "MinerPower"), all = member(found, "TotalPower");
    std::string text;
    if (!address.is_null())
        text += fact("raw power", member_text(own, "RawBytePower") + " bytes") +
                fact("quality power", member_text(own, "QualityAdjPower") + " bytes") +
                fact("may win", member_text(found, "HasMinPower"));
    text += fact("network raw", member_text(all, "RawBytePower") + " bytes") +
            fact("network quality", member_text(all, "QualityAdjPower") + " bytes");
    return Answer{found, text};
}

std::string deal_text(const Json& deal) {
    const Json proposal = member(deal, "Proposal"), state = member(deal, "State");
    return fact("piece", member_text(proposal, "PieceCID")) + fact("piece size", member_text(proposal, "PieceSize")) +
           fact("client", member_text(proposal, "Client")) + fact("provider", member_text(proposal, "Provider")) +
           fact("epochs", member_text(proposal, "StartEpoch") + " to " + member_text(proposal, "EndEpoch")) +
           fact("price an epoch", fil_of(member(proposal, "StoragePricePerEpoch"))) +
           fact("sector", member_text(state, "SectorNumber")) +
           fact("proven since", member_text(state, "SectorStartEpoch"));
}

std::string escrow_text(const Json& balance) {
    return fact("escrow", fil_of(member(balance, "Escrow"))) + fact("locked", fil_of(member(balance, "Locked")));
}

std::string fil_line(const Json& amount) {
    return fil_of(amount) + "\n";
}

std::string sectors_text(const Json& sectors) {
    std::string out = fmt::format("{:>8}  {:>10}  {:>10}  sealed\n", "sector", "activated", "expires");
    if (!sectors.is_array()) return out;
    for (const auto& one : sectors)
        out +=
            fmt::format("{:>8}  {:>10}  {:>10}  {}\n", member_text(one, "SectorNumber"), member_text(one, "Activation"),
                        member_text(one, "Expiration"), member_text(one, "SealedCID"));
    return out;
}

std::string json_text(const Json& json) {
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// Runs a call without a message and without changing anything.
Result<Answer> call(const CallOptions& options, api::Client& node, char prefix) {
    Message message;
    STRATA_TRY(message.to, parse_address(options.to));
    message.from = Address::id(0);
    if (!options.from.empty()) {
        STRATA_TRY(message.from, parse_address(options.from));
    }
    STRATA_TRY(message.value, parse_amount("--value", options.value));
    message.method = options.method;
    const auto to = message.to.to_string(prefix);
    STRATA_TRY(message.params, encoded_params(options.params, node, to, options.method));
    STRATA_TRY(const auto key, tipset_key(node, options.tipset));
    STRATA_TRY(const auto result, node.ask("StateCall", Json::array({api::Printer(prefix)(message), key})));
    const Json receipt = member(result, "MsgRct");
    const auto code = member_text(receipt, "ExitCode");
    if (code != "0")
        return fail(Errc::verification,
                    fmt::format("the call ends with exit code {}: {}", code, member_text(result, "Error")));
    Bytes returned;
    STRATA_OK(api::read_member(receipt, "Return", returned));
    return Answer{result, fact("exit code", code) + fact("gas used", member_text(receipt, "GasUsed")) +
                              fact("returned", returned.empty() ? "nothing" : "0x" + to_hex(returned))};
}

/// Lotus' `chain decode params` and `state decode-params`: hexadecimal digits or base64.
Result<Answer> decode(const CallOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto to, named_address(options.to, prefix));
    Bytes bytes;
    if (options.encoding == "base64") {
        auto read = from_base64(options.bytes);
        if (!read) return fail(Errc::invalid_argument, "PARAMS: " + read.error().message() + "; expected base64");
        bytes = std::move(*read);
    } else {
        auto read = from_hex(options.bytes.starts_with("0x") ? options.bytes.substr(2) : options.bytes);
        if (!read)
            return fail(Errc::invalid_argument,
                        "PARAMS: expected an even number of hexadecimal digits; base64 needs --encoding base64");
        bytes = std::move(*read);
    }
    STRATA_TRY(const auto key, tipset_key(node, options.tipset));
    STRATA_TRY(const auto decoded,
               node.ask("StateDecodeParams", Json::array({to, options.method, to_base64(bytes), key})));
    return Answer{decoded, json_text(decoded)};
}

Result<Answer> encode(const CallOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto to, named_address(options.to, prefix));
    STRATA_TRY(const auto bytes, encoded_params({options.bytes, {}}, node, to, options.method));
    const auto hex = to_hex(bytes), base64 = to_base64(bytes);
    return Answer{{{"Hex", hex}, {"Base64", base64}}, (options.encoding == "base64" ? base64 : hex) + "\n"};
}

constexpr MethodParameter kTipset{Kind::tipset};
constexpr MethodParameter kMiner{Kind::address, "MINER", "the miner's address, such as t01000"};

/// The verbs that ask one method. Source: lotus cli/state.go.
std::vector<MethodVerb> rows() {
    return {
        {"deal",
         "show a deal of the chain",
         "deal 7",
         "StateMarketStorageDeal",
         {{Kind::number, "DEAL", "the deal's number"}, kTipset},
         deal_text},
        {"sectors",
         "list the sectors of a miner",
         "sectors t01000",
         "StateMinerSectors",
         {kMiner, {}, kTipset},
         sectors_text},
        {"active-sectors",
         "list the sectors of a miner that have power",
         "active-sectors t01000",
         "StateMinerActiveSectors",
         {kMiner, kTipset},
         sectors_text},
        {"sector",
         "show a sector of a miner",
         "sector t01000 3",
         "StateSectorGetInfo",
         {kMiner, {Kind::number, "SECTOR", "the sector's number"}, kTipset},
         plain_text,
         "the miner has no such sector; strata state sectors lists those it has"},
        {"sector-partition",
         "tell the deadline and the partition of a sector",
         "sector-partition t01000 3",
         "StateSectorPartition",
         {kMiner, {Kind::number, "SECTOR", "the sector's number"}, kTipset}},
        {"sector-expiration",
         "tell when a sector ends",
         "sector-expiration t01000 3",
         "StateSectorExpiration",
         {kMiner, {Kind::number, "SECTOR", "the sector's number"}, kTipset}},
        {"faults",
         "list the faulty sectors of a miner as a bit field",
         "faults t01000",
         "StateMinerFaults",
         {kMiner, kTipset},
         json_text},
        {"proving-deadline",
         "tell which deadline of a miner is open",
         "proving-deadline t01000",
         "StateMinerProvingDeadline",
         {kMiner, kTipset}},
        {"deadlines",
         "list the deadlines of a miner",
         "deadlines t01000",
         "StateMinerDeadlines",
         {kMiner, kTipset},
         json_text},
        {"available",
         "tell what a miner may withdraw",
         "available t01000",
         "StateMinerAvailableBalance",
         {kMiner, kTipset},
         fil_line},
        {"list-miners", "list all miners", "list-miners", "StateListMiners", {kTipset}},
        {"list-actors", "list all actors", "list-actors", "StateListActors", {kTipset}},
        {"read-state",
         "print the complete state of an actor as JSON",
         "read-state t01000",
         "StateReadState",
         {{Kind::address, "ADDRESS", "the actor"}, kTipset},
         json_text},
        {"replay",
         "execute a message of the chain again and show its trace",
         "replay bafy2bza…",
         "StateReplay",
         {kTipset, {Kind::cid, "CID", "the message's CID"}},
         json_text},
        {"circulating-supply",
         "tell how much FIL circulates",
         "circulating-supply",
         "StateCirculatingSupply",
         {kTipset},
         fil_line},
        {"network-name", "print the network's name", "network-name", "StateNetworkName", {}},
        {"network-version",
         "print the version of the network's rules",
         "network-version",
         "StateNetworkVersion",
         {kTipset}},
        {"actor-cids",
         "list the codes of the built-in actors of a network version",
         "actor-cids 28",
         "StateActorCodeCIDs",
         {{Kind::number, "VERSION", "the network version"}}},
        {"network-params", "print the network's constants", "network-params", "StateGetNetworkParams", {}},
        {"datacap",
         "tell how much datacap a client has left",
         "datacap t1…",
         "StateVerifiedClientStatus",
         {{Kind::address, "ADDRESS", "the client"}, kTipset}},
        {"allocations",
         "list the allocations of a client",
         "allocations t1…",
         "StateGetAllocations",
         {{Kind::address, "ADDRESS", "the client"}, kTipset},
         json_text},
        {"claims", "list the claims of a miner", "claims t01000", "StateGetClaims", {kMiner, kTipset}, json_text},
    };
}

void add_actor_verb(CLI::App& state, Run& run, const char* name, const char* what, const char* argument,
                    const char* about, bool is_required,
                    Result<Answer> (*verb)(const ActorOptions&, api::Client&, char)) {
    auto [added, options] =
        add_verb<ActorOptions>(state, run, name, what, fmt::format("strata state {} t01000", name), verb);
    added->add_option(argument, options->address, about)->required(is_required);
    add_tipset_option(*added, options->tipset);
    if (std::string_view(name) == "lookup")
        added->add_flag("-r,--reverse", options->reverse, "find the key of an account instead of its ID");
}

void add_calls(CLI::App& state, Run& run) {
    auto [called, options] = add_verb<CallOptions>(
        state, run, "call", "run a method on a state without sending a message, and show what it returns",
        "strata state call t04 9", call);
    called->add_option("ADDRESS", options->to, "the actor that is called")->required();
    called->add_option("METHOD", options->method, "number of the method")->required();
    called->add_option("--from", options->from, "the caller (default: the system's actor, f00)");
    called->add_option("--value", options->value, "FIL that go with the call")->capture_default_str();
    add_params_options(*called, options->params);
    add_tipset_option(*called, options->tipset);

    const auto coding = [&](const char* name, const char* what, const char* example, const char* about, auto verb) {
        auto [added, given] = add_verb<CallOptions>(state, run, name, what, example, verb);
        added->add_option("ADDRESS", given->to, "the actor whose method it is")->required();
        added->add_option("METHOD", given->method, "number of the method")->required();
        added->add_option("PARAMS", given->bytes, about)->required();
        added->add_option("--encoding", given->encoding, "hex or base64")
            ->check(CLI::IsMember({"hex", "base64"}))
            ->capture_default_str();
        return std::pair(added, given);
    };
    auto [decoded, given] = coding("decode", "show the parameters of a method as JSON",
                                   "strata state decode t01000 16 814200ff", "their bytes", decode);
    add_tipset_option(*decoded, given->tipset);
    coding("encode", "turn parameters in JSON into bytes",
           "strata state encode t01000 16 '{\"AmountRequested\":\"1\"}'", "JSON, as strata state decode prints it",
           encode);
}

}  // namespace

void add_state(CLI::App& app, Run& run) {
    auto* state = app.add_subcommand("state", "actors and what they hold, at the head or at any tipset");
    state->require_subcommand(1);
    add_actor_verb(*state, run, "actor", "show balance, nonce, code and state of an actor", "ADDRESS", "the actor",
                   true, actor);
    add_actor_verb(*state, run, "lookup", "find the ID of an address, or with -r its key", "ADDRESS", "any address",
                   true, lookup);
    add_actor_verb(*state, run, "miner", "show owner, power, sectors and money of a miner", "MINER", "the miner", true,
                   miner);
    add_actor_verb(*state, run, "power", "show the power of the network, and of a miner", "MINER",
                   "the miner (default: the network alone)", false, power);
    for (const auto& row : rows()) add_method_verb(*state, run, row);
    auto* market = state->add_subcommand("market", "what the storage market holds");
    market->require_subcommand(1);
    add_method_verb(*market, run,
                    {"balance",
                     "show the escrow of an address",
                     "balance t1…",
                     "StateMarketBalance",
                     {{Kind::address, "ADDRESS", "whose escrow"}, kTipset},
                     escrow_text});
    add_calls(*state, run);
}

}  // namespace strata::cli
