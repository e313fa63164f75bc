#pragma once
// Defines the answer of a call: the text of its result, or an error with its code. Source of the codes: JSON-RPC 2.0
// §5.1, lotus api/api_errors.go (Lotus' own codes begin at 2, go-jsonrpc's FirstUserCode), go-jsonrpc handler.go (1:
// every other error).
#include <strata/api/json.hpp>
#include <strata/http/message.hpp>

namespace strata::api {

enum class Code : int {
    application = 1,
    out_of_gas = 2,
    execution_reverted = 3,  // data: the return data in hexadecimal
    f3_disabled = 4,
    actor_not_found = 11,
    null_round = 12,  // data: the epoch
    payment_channels_disabled = 13,
    parse = -32700,
    invalid_request = -32600,
    method_not_found = -32601,
    invalid_params = -32602,
    // Codes of Ethereum nodes for what Lotus has no code for (EIP-1474; go-ethereum rpc, internal/ethapi/errors.go).
    server_error = -32000,          // the call cannot be made: its sender cannot pay, its gas does not cover inclusion
    resource_unavailable = -32002,  // data: the epoch of an upgrade
    rejected = -32003,              // the gas that is allowed does not suffice
    limit_exceeded = -32005,
    // jsonrpsee types/src/error.rs (TOO_BIG_BATCH_REQUEST_CODE), with which Forest refuses long batches.
    batch_too_long = -32010,
};

struct Fault {
    Fault(Code c, std::string what, std::string more = {}) : code(c), message(std::move(what)), data(std::move(more)) {}
    /// Makes the error for an epoch without a block.
    static Fault null_round(std::int64_t epoch);
    /// Makes an error of the application, without parts that concern this machine alone (http::public_text).
    Fault(const Error& error) : code(Code::application), message(http::public_text(error)) {}

    Code code;
    std::string message;
    std::string data;                   // empty if there is none
    std::optional<std::int64_t> epoch;  // the data of null_round and resource_unavailable
};

/// Works like Result, for methods whose errors have codes of their own.
template <class T>
class Answered : public std::expected<T, Fault> {
  public:
    using Base = std::expected<T, Fault>;
    using Base::Base;
    Answered(Fault fault) : Base(std::unexpect, std::move(fault)) {}
    Answered(const Error& error) : Base(std::unexpect, error) {}
};

/// A result as printed JSON: a long list as a tree of values would take 50 times the memory.
struct Text {
    std::string json;
};
using Answer = Answered<Text>;

/// Writes a list or an object element by element. Errors: too_large if the text has more than `limit` bytes.
class TextWriter {
  public:
    static TextWriter list(std::size_t limit) { return {'[', ']', limit}; }
    static TextWriter object(std::size_t limit) { return {'{', '}', limit}; }

    /// Adds an element to a list.
    Status add(const Json& element);
    /// Adds a member to an object.
    Status add(const std::string& name, const Json& value);
    bool empty() const { return text_.size() == 1; }  // only the opening bracket
    Text finish() && {
        text_.push_back(close_);
        return {std::move(text_)};
    }
    /// Ends the text; gives null instead of an empty list, as Go prints a nil slice.
    Text finish_or_null() && { return empty() ? Text{"null"} : std::move(*this).finish(); }

  private:
    TextWriter(char open, char close, std::size_t limit) : close_(close), limit_(limit), text_(1, open) {}
    char close_;
    std::size_t limit_;
    std::string text_;
};

/// Returns JSON in one line. Text from outside may not be UTF-8: invalid bytes become replacement characters.
std::string text_of(const Json& json);

}  // namespace strata::api
