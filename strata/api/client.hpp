#pragma once
// Asks a Filecoin node over Lotus' JSON-RPC. An answer has at most 64 MiB and may take 5 minutes. One thread at a time.
// Source: docs/protocol/node.md §28.
#include <strata/api/json.hpp>
#include <strata/types/basic.hpp>

namespace strata::api {

/// The error of a call that the node answered with one.
struct Refusal {
    std::int64_t code = 0;  // of Code, which are Lotus' codes
    std::string message;
    std::string data;  // the return data of a message that was reverted, as 0x…
};

class Client {
  public:
    /// `url` is http://HOST:PORT, with or without /rpc/v1. `token` is one of the node's, or empty: then the node lets
    /// its caller only read.
    explicit Client(std::string url, std::string token = {});

    const std::string& url() const { return url_; }
    /// Calls a method of the namespace Filecoin with a list of parameters. Errors: io if nothing answers at the URL;
    /// too_large; malformed if the answer is not one of JSON-RPC; verification if the node refused, and busy if it has
    /// too much work: then `refusal`, if it is given, has the parts of its error. A token that the node does not accept
    /// is verification too, without parts.
    Result<Json> ask(const std::string& method, const Json& parameters, Refusal* refusal = nullptr);
    /// Returns the first letter of addresses: 'f' on mainnet, otherwise 't'.
    Result<char> prefix();

  private:
    std::string url_;
    std::string token_;
};

}  // namespace strata::api
