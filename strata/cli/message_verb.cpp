#include <strata/cli/message_verb.hpp>

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <thread>

#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/cli/evm_access.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/contracts/outcome.hpp>

namespace strata::cli {

using api::Json;

namespace {

constexpr std::uint64_t kMostConfidence = 900;  // Source: lotus build/buildconstants (Finality), which StateWaitMsg has

Result<TokenAmount> attofil(std::string_view option, const std::string& text) {
    if (text.empty()) return TokenAmount();
    auto value = BigInt::parse(text);
    if (value && !value->is_negative()) return std::move(*value);
    return fail(Errc::invalid_argument,
                fmt::format("{} {}: expected a whole number of attoFIL for a unit of gas", option, text));
}

std::string exit_code_text(const Json& code) {
    if (!code.is_number_integer()) return "-";
    const auto number = code.get<std::int64_t>();
    const auto name = contracts::exit_code_name(static_cast<std::uint32_t>(number));
    return name == "unknown" ? std::to_string(number) : fmt::format("{} ({})", number, name);
}

}  // namespace

void add_waiting_options(CLI::App& verb, WaitOptions& options) {
    verb.add_option("--timeout", options.timeout, "seconds to wait until the verb gives up")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    verb.add_option("--confidence", options.confidence,
                    "epochs that must pass after the one in which the message was executed")
        ->check(CLI::Range(std::uint64_t{0}, kMostConfidence))
        ->capture_default_str();
}

void add_sending_options(CLI::App& verb, SendingOptions& options) {
    verb.add_option("--from", options.from, "who signs and pays; the node has the key (default: its default address)");
    verb.add_option("--max-fee,--fee-limit", options.max_fee,
                    "the most FIL that gas may cost (default: the node's own limit)");
    verb.add_option("--gas-limit", options.gas_limit, "units of gas (default: an estimate and a quarter of it)")
        ->check(CLI::NonNegativeNumber);
    verb.add_option("--gas-feecap", options.gas_fee_cap,
                    "the most attoFIL to pay for a unit of gas (default: estimated)");
    verb.add_option("--gas-premium", options.gas_premium,
                    "attoFIL for a unit of gas that the miner gets (default: estimated)");
    verb.add_flag("--wait", options.waiting.wait, "wait until the message is executed");
    add_waiting_options(verb, options.waiting);
}

Result<TokenAmount> parse_amount(std::string_view what, std::string_view text) {
    auto number = text;
    const bool is_atto = number.ends_with("attoFIL") || number.ends_with("attofil");
    for (const std::string_view unit : {"attoFIL", "attofil", "FIL", "fil"})
        if (number.ends_with(unit)) {
            number.remove_suffix(unit.size());
            break;
        }
    while (number.ends_with(' ')) number.remove_suffix(1);
    if (is_atto) {
        auto value = BigInt::parse(number);
        if (value && !value->is_negative() && *value <= total_filecoin()) return std::move(*value);
    } else if (auto value = parse_fil(number)) {
        return std::move(*value);
    }
    return fail(Errc::invalid_argument,
                fmt::format("{} {}: expected an amount in FIL, such as 1 or 0.25, with at most 18 decimals", what,
                            text.substr(0, 100)));
}

Result<std::string> named_address(const std::string& text, char prefix) {
    STRATA_TRY(const auto address, parse_address(text));
    return address.to_string(prefix);
}

Result<std::string> address_or_default(api::Client& node, const std::string& text, char prefix) {
    if (!text.empty()) return named_address(text, prefix);
    STRATA_TRY(const auto found, node.ask("WalletDefaultAddress", Json::array()));
    if (!found.is_string()) return fail(Errc::malformed, "WalletDefaultAddress: expected an address");
    return found.get<std::string>();
}

void add_params_options(CLI::App& verb, ParamsOptions& options) {
    auto* const json = verb.add_option("--params-json", options.json,
                                       "the method's parameters as JSON, as lotus prints them; the node encodes them");
    verb.add_option("--params-hex", options.hex, "the method's parameters as CBOR in hexadecimal digits")
        ->excludes(json);
}

Result<Bytes> encoded_params(const ParamsOptions& params, api::Client& node, const std::string& to,
                             std::uint64_t method) {
    if (!params.hex.empty()) return parse_hex("--params-hex", params.hex);
    if (params.json.empty()) return Bytes{};
    auto json = Json::parse(params.json, nullptr, /*allow_exceptions=*/false);
    if (json.is_discarded())
        return fail(Errc::invalid_argument,
                    fmt::format("--params-json {}: this is not JSON", params.json.substr(0, 100)));
    STRATA_TRY(const auto actor, node.ask("StateGetActor", Json::array({to, Json()})));
    STRATA_TRY(const auto encoded, node.ask("StateEncodeParams", Json::array({member(actor, "Code"), method, json})));
    Bytes out;
    STRATA_OK(api::read(encoded, out));
    return out;
}

Status set_gas(Message& message, const SendingOptions& options) {
    message.gas_limit = options.gas_limit;
    STRATA_TRY(message.gas_fee_cap, attofil("--gas-feecap", options.gas_fee_cap));
    STRATA_TRY(message.gas_premium, attofil("--gas-premium", options.gas_premium));
    return {};
}

Status take_gas(Message& message, const Json& estimated) {
    Message priced;
    STRATA_OK(api::read(estimated, priced));
    message.gas_limit = priced.gas_limit;
    message.gas_fee_cap = std::move(priced.gas_fee_cap);
    message.gas_premium = std::move(priced.gas_premium);
    return {};
}

Result<Json> send_spec(const SendingOptions& options) {
    if (options.max_fee.empty()) return Json();
    STRATA_TRY(const auto fee, parse_amount("--max-fee", options.max_fee));
    return Json{{"MaxFee", fee.to_string()}};
}

Result<Json> wait_for_message(api::Client& node, const Json& cid, const WaitOptions& options, std::string_view name) {
    using Clock = std::chrono::steady_clock;
    const auto watch = terminal_watch("strata " + std::string(name));
    const auto end = Clock::now() + std::chrono::seconds(options.timeout);
    // The node's StateWaitMsg is silent meanwhile, so the head is watched instead. Only a new one can have the message.
    Json seen, found;
    std::int64_t epoch = 0;
    for (; Clock::now() < end; std::this_thread::sleep_for(std::chrono::milliseconds(500))) {
        STRATA_TRY(const auto head, node.ask("ChainHead", Json::array()));
        epoch = head.is_object() ? head.value("Height", std::int64_t{0}) : 0;
        if (seen.is_null() || member(head, "Cids") != seen) {
            STRATA_TRY(found, node.ask("StateSearchMsg", Json::array({Json(), cid, -1, true})));
            seen = member(head, "Cids");
        }
        if (found.is_null()) {
            STRATA_OK(watch.at(fmt::format("epoch {}, the message waits for a block", epoch), 0));
            continue;
        }
        const auto executed = found.is_object() ? found.value("Height", std::int64_t{0}) : 0;
        const auto passed = std::max<std::int64_t>(0, epoch - executed);
        if (static_cast<std::uint64_t>(passed) >= options.confidence) return found;
        STRATA_OK(watch.at(fmt::format("epoch {}, executed at epoch {}, confidence {} of {}", epoch, executed, passed,
                                       options.confidence),
                           static_cast<double>(passed) / static_cast<double>(options.confidence)));
    }
    const auto text = member_text(cid, "/");
    return fail(Errc::io, fmt::format("it has not got there within {} seconds; it still may: strata msg wait {} goes "
                                      "on, and strata msg list says what it waits for",
                                      options.timeout, text));
}

std::string executed_text(const Json& lookup) {
    const Json receipt = member(lookup, "Receipt");
    std::string out = fact("epoch", member_text(lookup, "Height")) +
                      fact("exit code", exit_code_text(member(receipt, "ExitCode"))) +
                      fact("gas used", member_text(receipt, "GasUsed"));
    const auto returned = member_text(receipt, "Return");
    if (returned != "-" && !returned.empty()) out += fact("returned", returned);
    return out;
}

Status check_executed(const Json& cid, const Json& lookup) {
    const Json receipt = member(lookup, "Receipt");
    if (!receipt.is_object()) return fail(Errc::malformed, "StateSearchMsg: the node's answer lacks the field Receipt");
    const auto code = member(receipt, "ExitCode");
    if (code == 0) return {};
    return fail(Errc::verification,
                fmt::format("the message {} was executed at epoch {} and failed with exit code {}",
                            member_text(cid, "/"), member_text(lookup, "Height"), exit_code_text(code)));
}

Result<Answer> with_execution(Answer sent, api::Client& node, const Json& cid, const WaitOptions& options,
                              std::string_view name) {
    if (!options.wait) return sent;
    auto found = wait_for_message(node, cid, options, name);
    if (!found) return std::move(found).error().with_context("the message " + member_text(cid, "/") + " was sent");
    STRATA_OK(check_executed(cid, *found));
    sent.json["Height"] = member(*found, "Height");
    sent.json["Receipt"] = member(*found, "Receipt");
    sent.text += executed_text(*found);
    return sent;
}

Result<Answer> send_message(const SendingOptions& options, api::Client& node, char prefix, Message message,
                            std::string_view name) {
    STRATA_TRY(const auto spec, send_spec(options));
    STRATA_TRY(const auto sent, node.ask("MpoolPushMessage", Json::array({api::Printer(prefix)(message), spec})));
    if (!sent.is_object() || !sent.contains("CID"))
        return fail(Errc::malformed, "MpoolPushMessage: the node's answer lacks the field CID");
    const Json filled = member(sent, "Message");
    Answer out{{{"CID", sent["CID"]},
                {"From", api::Printer(prefix)(message.from)},
                {"To", api::Printer(prefix)(message.to)},
                {"Value", message.value.to_string()},
                {"Method", message.method},
                {"Nonce", member(filled, "Nonce")}},
               fact("message", member_text(sent, "CID"))};
    return with_execution(std::move(out), node, sent["CID"], options.waiting, name);
}

}  // namespace strata::cli
