#pragma once
// The verbs that send a message, and those that wait for one: the options that they share, and what they do with them.
// Source: lotus cli/send.go, cli/mpool.go, api/api_full.go (MpoolPushMessage, StateSearchMsg).
#include <strata/cli/node_verb.hpp>
#include <strata/types/message.hpp>

namespace strata::cli {

/// How long a verb waits for a message, and how sure it wants to be.
struct WaitOptions {
    bool wait = false;
    std::uint64_t timeout = 600;   // seconds
    std::uint64_t confidence = 0;  // epochs above the one in which the message was executed
};

/// Options of a verb that sends a message with a key of the node.
struct SendingOptions : NodeOptions {
    std::string from;
    std::string max_fee, gas_fee_cap, gas_premium;  // as the person wrote them; empty: the node chooses
    std::int64_t gas_limit = 0;                     // 0: the node estimates it
    WaitOptions waiting;
};
/// Adds --from, --max-fee, the options about gas, --wait, --confidence and --timeout.
void add_sending_options(CLI::App& verb, SendingOptions& options);
/// Adds --timeout and --confidence.
void add_waiting_options(CLI::App& verb, WaitOptions& options);

/// Reads an amount in FIL, such as 1, 0.25 or "0.25 FIL"; with the unit attoFIL, a number of those. Errors:
/// invalid_argument, naming `what`.
Result<TokenAmount> parse_amount(std::string_view what, std::string_view text);
/// Returns the address in the network's letter; if `text` is empty, the wallet's default address. Errors:
/// invalid_argument; malformed; those of asking the node.
Result<std::string> address_or_default(api::Client& node, const std::string& text, char prefix);
/// Returns an address that the person named, in the network's letter.
Result<std::string> named_address(const std::string& text, char prefix);

/// Parameters of a method, as the person gives them: at most one of the two.
struct ParamsOptions {
    std::string json, hex;
};
/// Adds --params-json and --params-hex.
void add_params_options(CLI::App& verb, ParamsOptions& options);
/// Returns the bytes of the parameters of a method of the actor at `to`: the node encodes JSON, by the actor's code.
/// Errors: invalid_argument; those of the node.
Result<Bytes> encoded_params(const ParamsOptions& params, api::Client& node, const std::string& to,
                             std::uint64_t method);

/// Fills in fees and limit of the message from the options.
Status set_gas(Message& message, const SendingOptions& options);
/// Takes limit and fees, and nothing else, from what GasEstimateMessageGas answered. Errors: malformed.
Status take_gas(Message& message, const api::Json& estimated);
/// Returns MpoolPushMessage's settings.
Result<api::Json> send_spec(const SendingOptions& options);

/// Signs and sends a message whose sender has a key in the node, and waits for it if the options say so. `name` is the
/// verb's. The answer has the members CID, From, To, Value, Nonce and Method; with --wait also Height and Receipt.
/// Errors: those of the node; verification if the message was executed and failed.
Result<Answer> send_message(const SendingOptions& options, api::Client& node, char prefix, Message message,
                            std::string_view name);

/// Waits until a message is executed and has the wanted confidence, and returns what StateSearchMsg says. Errors: io
/// when the time is over, with what to do; cancelled.
Result<api::Json> wait_for_message(api::Client& node, const api::Json& cid, const WaitOptions& options,
                                   std::string_view name);
/// Returns the facts of an executed message: epoch, exit code with its name, gas, what it returned.
std::string executed_text(const api::Json& lookup);
/// Waits for the message that `sent` tells of, if the options say so, and adds what came of it: the members Height and
/// Receipt, and the facts. Errors: those of wait_for_message and check_executed; they say that the message was sent.
Result<Answer> with_execution(Answer sent, api::Client& node, const api::Json& cid, const WaitOptions& options,
                              std::string_view name);
/// Errors: verification if the receipt has an exit code other than 0.
Status check_executed(const api::Json& cid, const api::Json& lookup);

}  // namespace strata::cli
