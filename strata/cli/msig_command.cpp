// strata msig: wallets whose payments several keys must agree to. The node makes the messages (Msig* of /rpc/v1), signs
// them and sends them. Source: lotus cli/multisig.go, api/api_full.go (Msig*).
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/cli/evm_access.hpp>
#include <strata/cli/message_verb.hpp>
#include <strata/cli/method_verb.hpp>

namespace strata::cli {
namespace {

using api::Json;

// Methods of multisig wallets. Source: builtin-actors actors/multisig/src/lib.rs.
constexpr std::uint64_t kChangeThreshold = 8;
constexpr std::uint64_t kLock = 9;

struct MsigOptions : SendingOptions {
    std::string wallet, value = "0";
    std::vector<std::string> signers;
    std::string first, second;  // the addresses and amounts that a verb takes
    std::uint64_t number = 0;   // a threshold, or how many must sign
    std::uint64_t id = 0;       // of a proposal
    std::int64_t duration = 0, start = 0;
    bool changes_threshold = false;
    std::string tipset;
    ParamsOptions params;
};

/// Signs and sends the message that a method of the node made. The message must end with exit code 0 if it is waited
/// for; then the answer has what it returned, decoded by the node if it can.
Result<Answer> send_made(const MsigOptions& options, api::Client& node, char prefix, const char* method,
                         const Json& parameters, std::string_view name) {
    STRATA_TRY(const auto made, node.ask(method, parameters));
    Message message;
    STRATA_OK(api::read(member(made, "Message"), message));
    STRATA_OK(set_gas(message, options));
    STRATA_TRY(auto out, send_message(options, node, prefix, std::move(message), name));
    if (!options.waiting.wait) return out;
    const auto seen = node.ask("StateWaitMsg", Json::array({out.json["CID"], 0, -1, true}));
    if (!seen) return out;
    const Json returned = member(*seen, "ReturnDec");
    out.json["Return"] = returned;
    if (const auto robust = member(returned, "RobustAddress"); robust.is_string())
        out.text += fact("multisig", robust.get<std::string>() + " (" + member_text(returned, "IDAddress") + ")");
    if (const auto id = member(returned, "TxnID"); !id.is_null()) out.text += fact("proposal", id.dump());
    if (const auto applied = member(returned, "Applied"); applied.is_boolean()) {
        const auto code = member_text(returned, "Code");
        out.text += fact(
            "executed", !applied.get<bool>() ? "not yet: more signers must approve it" : "yes, with exit code " + code);
    }
    return out;
}

Result<Answer> create(const MsigOptions& options, api::Client& node, char prefix) {
    Json signers = Json::array();
    for (const auto& word : options.signers) {
        STRATA_TRY(auto address, named_address(word, prefix));
        signers.push_back(std::move(address));
    }
    STRATA_TRY(const auto value, parse_amount("--value", options.value));
    STRATA_TRY(const auto from, address_or_default(node, options.from, prefix));
    return send_made(options, node, prefix, "MsigCreate",
                     Json::array({options.number, signers, options.duration, value.to_string(), from, "0"}),
                     "msig create");
}

std::string transaction_text(const Json& one) {
    std::string approved;
    for (const auto& signer : member(one, "Approved"))
        approved += (approved.empty() ? "" : " ") + (signer.is_string() ? signer.get<std::string>() : signer.dump());
    std::string out = fact(fmt::format("proposal {}", member_text(one, "ID")),
                           fmt::format("to {}, {}, method {}", member_text(one, "To"), fil_of(member(one, "Value")),
                                       member_text(one, "Method")));
    if (const auto params = member_text(one, "Params"); params != "-") out += fact("", "parameters " + params);
    return out + fact("", "approved by " + approved);
}

Result<Answer> inspect(const MsigOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto wallet, named_address(options.wallet, prefix));
    STRATA_TRY(const auto key, tipset_key(node, options.tipset));
    STRATA_TRY(const auto state, node.ask("StateReadState", Json::array({wallet, key})));
    const Json parts = member(state, "State");
    if (!member(parts, "Signers").is_array())
        return fail(Errc::invalid_argument, wallet + " is not a multisig; strata state actor shows what it is");
    STRATA_TRY(const auto available, node.ask("MsigGetAvailableBalance", Json::array({wallet, key})));
    STRATA_TRY(const auto vesting, node.ask("MsigGetVestingSchedule", Json::array({wallet, key})));
    STRATA_TRY(auto pending, node.ask("MsigGetPending", Json::array({wallet, key})));
    if (pending.is_null()) pending = Json::array();
    std::string text = fact("multisig", wallet) + fact("balance", fil_of(member(state, "Balance"))) +
                       fact("spendable", fil_of(available)) +
                       fact("signers", fmt::format("{} of {} must approve", member_text(parts, "NumApprovalsThreshold"),
                                                   parts["Signers"].size()));
    for (const auto& signer : parts["Signers"]) text += fact("", member_text(Json{{"", signer}}, ""));
    if (member_text(vesting, "UnlockDuration") != "0")
        text += fact("locked",
                     fmt::format("{} from epoch {} on, free after {} epochs", fil_of(member(vesting, "InitialBalance")),
                                 member_text(vesting, "StartEpoch"), member_text(vesting, "UnlockDuration")));
    text += pending.empty() ? fact("proposals", "none") : "";
    for (const auto& one : pending) text += transaction_text(one);
    return Answer{{{"Multisig", wallet},
                   {"Balance", member(state, "Balance")},
                   {"Available", available},
                   {"Signers", parts["Signers"]},
                   {"Threshold", member(parts, "NumApprovalsThreshold")},
                   {"Vesting", vesting},
                   {"Proposals", pending}},
                  text};
}

/// Returns the address of the wallet and that of the sender, as the first parameters of most methods.
struct Parties {
    std::string wallet, from;
};
Result<Parties> parties(const MsigOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(auto wallet, named_address(options.wallet, prefix));
    STRATA_TRY(auto from, address_or_default(node, options.from, prefix));
    return Parties{std::move(wallet), std::move(from)};
}

Result<Answer> propose_call(const MsigOptions& options, api::Client& node, char prefix, const Parties& who,
                            const std::string& to, const TokenAmount& value, std::uint64_t method, const Bytes& params,
                            std::string_view name) {
    return send_made(
        options, node, prefix, "MsigPropose",
        Json::array({who.wallet, to, value.to_string(), who.from, method, api::Printer(prefix).bytes_or_null(params)}),
        name);
}

/// MULTISIG DESTINATION AMOUNT [METHOD PARAMS], as lotus msig propose.
Result<Answer> propose(const MsigOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto who, parties(options, node, prefix));
    STRATA_TRY(const auto to, named_address(options.first, prefix));
    STRATA_TRY(const auto value, parse_amount("AMOUNT", options.second));
    STRATA_TRY(const auto params, encoded_params(options.params, node, to, options.number));
    return propose_call(options, node, prefix, who, to, value, options.number, params, "msig propose");
}

Result<Answer> approve(const MsigOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto who, parties(options, node, prefix));
    return send_made(options, node, prefix, "MsigApprove", Json::array({who.wallet, options.id, who.from}),
                     "msig approve");
}

Result<Answer> cancel(const MsigOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto who, parties(options, node, prefix));
    return send_made(options, node, prefix, "MsigCancel", Json::array({who.wallet, options.id, who.from}),
                     "msig cancel");
}

Result<Answer> add_propose(const MsigOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto who, parties(options, node, prefix));
    STRATA_TRY(const auto signer, named_address(options.first, prefix));
    return send_made(options, node, prefix, "MsigAddPropose",
                     Json::array({who.wallet, who.from, signer, options.changes_threshold}), "msig add-propose");
}

Result<Answer> remove_propose(const MsigOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto who, parties(options, node, prefix));
    STRATA_TRY(const auto signer, named_address(options.first, prefix));
    return send_made(options, node, prefix, "MsigRemoveSigner",
                     Json::array({who.wallet, who.from, signer, options.changes_threshold}), "msig remove-propose");
}

Result<Answer> swap_propose(const MsigOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto who, parties(options, node, prefix));
    STRATA_TRY(const auto old_signer, named_address(options.first, prefix));
    STRATA_TRY(const auto new_signer, named_address(options.second, prefix));
    return send_made(options, node, prefix, "MsigSwapPropose",
                     Json::array({who.wallet, who.from, old_signer, new_signer}), "msig swap-propose");
}

Result<Answer> propose_to_itself(const MsigOptions& options, api::Client& node, char prefix, std::uint64_t method,
                                 const Json& params, std::string_view name) {
    STRATA_TRY(const auto who, parties(options, node, prefix));
    STRATA_TRY(const auto bytes, encoded_params({params.dump(), {}}, node, who.wallet, method));
    return propose_call(options, node, prefix, who, who.wallet, TokenAmount(), method, bytes, name);
}

Result<Answer> threshold_propose(const MsigOptions& options, api::Client& node, char prefix) {
    return propose_to_itself(options, node, prefix, kChangeThreshold, {{"NewThreshold", options.number}},
                             "msig threshold-propose");
}

Result<Answer> lock_propose(const MsigOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto amount, parse_amount("AMOUNT", options.value));
    return propose_to_itself(
        options, node, prefix, kLock,
        {{"StartEpoch", options.start}, {"UnlockDuration", options.duration}, {"Amount", amount.to_string()}},
        "msig lock-propose");
}

/// Adds a verb about the wallet MULTISIG.
std::pair<CLI::App*, std::shared_ptr<MsigOptions>> add(CLI::App& msig, Run& run, const char* name, const char* what,
                                                       const char* example,
                                                       Result<Answer> (*verb)(const MsigOptions&, api::Client&, char)) {
    auto [added, options] = add_verb<MsigOptions>(msig, run, name, what, std::string("strata msig ") + example, verb);
    added->add_option("MULTISIG", options->wallet, "address of the multisig")->required();
    return {added, options};
}

void add_proposals(CLI::App& msig, Run& run) {
    {
        auto [verb, options] =
            add(msig, run, "propose", "propose a payment or a call; the proposer approves it at once",
                "propose t2… t1… 0.5 --wait", propose);
        verb->add_option("ADDRESS", options->first, "who gets it, or is called")->required();
        verb->add_option("AMOUNT", options->second, "in FIL, such as 0.25")->required();
        verb->add_option("--method", options->number, "number of the method that is called")->capture_default_str();
        add_params_options(*verb, options->params);
        add_sending_options(*verb, *options);
    }
    for (const bool approves : {true, false}) {
        auto [verb, options] =
            add(msig, run, approves ? "approve" : "cancel",
                approves ? "approve a proposal; the last approval that is needed executes it"
                         : "take a proposal of one's own back",
                approves ? "approve t2… 0 --wait" : "cancel t2… 0 --wait", approves ? approve : cancel);
        verb->add_option("PROPOSAL", options->id, "its number, as strata msig inspect shows it")->required();
        add_sending_options(*verb, *options);
    }
}

void add_changes(CLI::App& msig, Run& run) {
    {
        auto [verb, options] =
            add(msig, run, "add-propose", "propose a new signer", "add-propose t2… t1… --wait", add_propose);
        verb->add_option("SIGNER", options->first, "who becomes a signer")->required();
        verb->add_flag("--increase-threshold", options->changes_threshold, "one more signer must approve from then on");
        add_sending_options(*verb, *options);
    }
    {
        auto [verb, options] = add(msig, run, "remove-propose", "propose that a signer goes",
                                   "remove-propose t2… t1… --wait", remove_propose);
        verb->add_option("SIGNER", options->first, "who ceases to be a signer")->required();
        verb->add_flag("--decrease-threshold", options->changes_threshold, "one signer less must approve from then on");
        add_sending_options(*verb, *options);
    }
    {
        auto [verb, options] = add(msig, run, "swap-propose", "propose a signer in the place of one",
                                   "swap-propose t2… t1… t1… --wait", swap_propose);
        verb->add_option("OLD", options->first, "the signer who goes")->required();
        verb->add_option("NEW", options->second, "the signer who comes")->required();
        add_sending_options(*verb, *options);
    }
    {
        auto [verb, options] = add(msig, run, "threshold-propose", "propose how many signers must approve",
                                   "threshold-propose t2… 2 --wait", threshold_propose);
        verb->add_option("COUNT", options->number, "how many must approve from then on")->required();
        add_sending_options(*verb, *options);
    }
    {
        auto [verb, options] = add(msig, run, "lock-propose", "propose to lock money, which gets free evenly",
                                   "lock-propose t2… 100 2880 5 --wait", lock_propose);
        verb->add_option("START", options->start, "the epoch in which it begins to get free")->required();
        verb->add_option("DURATION", options->duration, "epochs until all is free")->required();
        verb->add_option("AMOUNT", options->value, "how much FIL")->required();
        add_sending_options(*verb, *options);
    }
}

}  // namespace

void add_msig(CLI::App& app, Run& run) {
    auto* msig = app.add_subcommand("msig", "wallets whose payments several keys must agree to");
    msig->require_subcommand(1);
    {
        auto [verb, options] = add_verb<MsigOptions>(*msig, run, "create", "make a multisig",
                                                     "strata msig create t1… t1… --required 2 --wait", create);
        verb->add_option("SIGNER", options->signers, "who may propose and approve; may be repeated")->required();
        verb->add_option("--required", options->number, "how many must approve (default: all)");
        verb->add_option("--value", options->value, "FIL that it gets at once")->capture_default_str();
        verb->add_option("--duration", options->duration, "epochs in which that money gets free (default: it is free)");
        add_sending_options(*verb, *options);
    }
    auto [verb, options] =
        add(*msig, run, "inspect", "show balance, signers and proposals of a multisig", "inspect t2…", inspect);
    add_tipset_option(*verb, options->tipset);
    add_proposals(*msig, run);
    add_changes(*msig, run);
}

}  // namespace strata::cli
