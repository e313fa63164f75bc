#pragma once
// multistream-select 1.0: two peers agree on the protocol of a connection or stream. A state machine over bytes.
// Source: multiformats/multistream-select; go-multistream (at most 1,024 bytes a message; the client sends its header
// and its first proposal at once).
#include <functional>
#include <string>
#include <vector>

#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

namespace strata::net {

class Multistream {
  public:
    static constexpr std::string_view kHeader = "/multistream/1.0.0";
    /// The most bytes of one message, its newline included.
    static constexpr std::size_t kMaxMessage = 1024;
    /// The most proposals that one negotiation may have, on either side.
    static constexpr std::size_t kMaxProposals = 32;

    using Supports = std::function<bool(std::string_view protocol)>;

    /// Begins as the side that proposes, in the order of preference. There must be 1 to kMaxProposals protocols, each
    /// short enough for a message (checked).
    static Multistream propose(std::vector<std::string> protocols);
    /// Begins as the side that accepts the first proposal that it supports.
    static Multistream answer(Supports supports);

    /// Moves `from` past the bytes of the negotiation. Returns true once a protocol is agreed: what is left of `from`
    /// belongs to that protocol. Errors: malformed, too_large; unsupported if the answering side refused all
    /// proposals. After an error the object must not be used.
    Result<bool> on_bytes(BytesView& from);
    /// Returns what is to be sent, once.
    Bytes take_output() { return std::exchange(output_, {}); }

    /// Returns the protocol that was agreed on; empty before.
    const std::string& agreed() const { return agreed_; }

  private:
    Multistream() = default;
    void send(std::string_view message);
    Result<bool> take_message(BytesView& from);
    Status on_message(std::string_view message);
    Status on_answer(std::string_view message);
    Status on_proposal(std::string_view message);

    std::vector<std::string> proposals_;  // of the proposing side
    Supports supports_;                   // of the answering side
    std::size_t proposed_ = 0;            // how many proposals were made so far
    bool header_seen_ = false;
    Bytes message_;  // the length and the body of a message, as far as they came
    Bytes output_;
    std::string agreed_;
};

}  // namespace strata::net
