#pragma once
// The JSON-RPC envelope: the calls that a request holds, and the body of their answer. Knows no method. Requests are
// hostile: bytes, depth, values and calls are counted before anything is built from them.
// Source: docs/protocol/node.md §28.1; go-jsonrpc handler.go, server.go.
#include <string>
#include <variant>

#include <strata/api/fault.hpp>
#include <strata/api/service.hpp>

namespace strata::api {

struct Reply {
    unsigned status = 200;
    std::string body;  // empty: there were only notifications
};

struct Call {
    Json id;                       // null: a notification, which is made and not answered
    std::string method;            // whole
    Json params;                   // an array
    std::optional<Fault> refused;  // it is not a call
};
struct Calls {
    std::vector<Call> calls;  // at least one
    bool is_batch = false;
    std::size_t values = 0;  // of JSON, at most
};

/// The calls of a body, or the answer that refuses all of it.
std::variant<Calls, Reply> read_calls(BytesView body, const Options& limits);

/// Puts the answers of one request together, in the order of its calls.
class ReplyWriter {
  public:
    /// `limit`: bytes of all answers of a batch together; the calls after that are refused.
    ReplyWriter(bool is_batch, std::size_t limit) : is_batch_(is_batch), limit_(limit) {}
    /// Is there room for one more answer?
    bool is_full() const { return reply_.body.size() > limit_; }
    void add(const Call& call, const Answer& answer);
    Reply finish() &&;

  private:
    const bool is_batch_;
    const std::size_t limit_;
    Reply reply_;
};

/// A refusal that belongs to no call.
Reply refuse(const Fault& fault);

}  // namespace strata::api
