#pragma once
// Reads and writes the JSON-RPC envelope: the calls of a request, and the body of their answer. It does not know the
// methods. Requests are hostile: bytes, depth, values and calls are counted before anything is built from them. Source:
// docs/protocol/node.md §28.1; go-jsonrpc handler.go, server.go.
#include <memory>
#include <string>
#include <variant>

#include <strata/api/fault.hpp>
#include <strata/api/service.hpp>

namespace strata::api {

struct Reply {
    unsigned status = 200;
    std::string body;  // empty if there were only notifications
};

struct Call {
    std::shared_ptr<const Json> id;      // null for a notification, which is executed but not answered
    std::string method;                  // the complete name, with its prefix
    std::shared_ptr<const Json> params;  // an array of parameters; null if refused before they are read
    std::optional<Fault> refused;        // set if this is not a valid call
    bool is_answer = false;              // this is an answer, not a call: a WebSocket client may send one
};
struct Calls {
    std::vector<Call> calls;  // the calls, at least one
    bool is_batch = false;
    std::size_t bytes = 0;  // of memory that the calls take, about
};

/// Returns the calls of a body, or the answer that refuses the complete body.
std::variant<Calls, Reply> read_calls(BytesView body, const RequestLimits& limits);

/// Puts the answers of one request together, in the order of its calls.
class ReplyWriter {
  public:
    /// Makes a writer. `limit` is for the bytes of all answers of a batch together; when they are more, further
    /// calls are refused.
    ReplyWriter(bool is_batch, std::size_t limit) : is_batch_(is_batch), limit_(limit) {}
    /// Returns true if there is no room for one more answer.
    bool is_full() const { return reply_.body.size() > limit_; }
    void add(const Call& call, const Answer& answer);
    Reply finish() &&;

  private:
    const bool is_batch_;
    const std::size_t limit_;
    Reply reply_;
};

/// Returns a refusal that does not belong to a call.
Reply refuse(const Fault& fault);

}  // namespace strata::api
