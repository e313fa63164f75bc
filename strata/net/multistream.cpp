#include <strata/net/multistream.hpp>

#include <strata/base/varint.hpp>

namespace strata::net {
namespace {

constexpr std::string_view kRefusal = "na";
// The length of a message of at most kMaxMessage bytes takes at most this many.
constexpr std::size_t kMaxLengthSize = 2;

std::string shown(std::string_view text) {
    std::string out(text.substr(0, 100));
    std::ranges::replace_if(out, [](char c) { return c < ' ' || c > '~'; }, '?');
    return "'" + out + "'";
}

}  // namespace

Multistream Multistream::propose(std::vector<std::string> protocols) {
    STRATA_CHECK(!protocols.empty() && protocols.size() <= kMaxProposals);
    for (const auto& protocol : protocols) STRATA_CHECK(!protocol.empty() && protocol.size() < kMaxMessage);
    Multistream out;
    out.proposals_ = std::move(protocols);
    out.send(kHeader);
    out.send(out.proposals_[out.proposed_++]);
    return out;
}

Multistream Multistream::answer(Supports supports) {
    Multistream out;
    out.supports_ = std::move(supports);
    out.send(kHeader);
    return out;
}

void Multistream::send(std::string_view message) {
    put_uvarint(output_, message.size() + 1);
    append(output_, as_bytes(message));
    output_.push_back('\n');
}

Result<bool> Multistream::on_bytes(BytesView& from) {
    while (agreed_.empty()) {
        STRATA_TRY(const bool complete, take_message(from));
        if (!complete) return false;
        BytesView rest(message_);
        STRATA_TRY(const auto size, take_uvarint(rest));
        STRATA_CHECK(size == rest.size());
        const auto text = as_text(rest);
        if (!text.ends_with('\n'))
            return fail(Errc::malformed, "the message " + shown(text) + " does not end with a newline");
        STRATA_OK(on_message(text.substr(0, text.size() - 1)));
        message_.clear();
    }
    return true;
}

/// Moves bytes of one message to message_. Returns true if it is complete.
Result<bool> Multistream::take_message(BytesView& from) {
    while (true) {
        BytesView got(message_);
        const auto size = take_uvarint(got);
        if (size && *size > kMaxMessage)
            return fail(Errc::too_large, "a multistream message has " + std::to_string(*size) +
                                             " bytes, expected at most " + std::to_string(kMaxMessage));
        if (size) {
            const std::size_t missing = *size - got.size();
            const auto part = from.first(std::min(missing, from.size()));
            append(message_, part);
            from = from.subspan(part.size());
            return part.size() == missing;
        }
        if (size.error().code() != Errc::truncated || message_.size() > kMaxLengthSize)
            return fail(Errc::malformed, "the length of a multistream message is not a number of at most " +
                                             std::to_string(kMaxMessage));
        if (from.empty()) return false;
        message_.push_back(from[0]);
        from = from.subspan(1);
    }
}

Status Multistream::on_message(std::string_view message) {
    if (!header_seen_) {
        if (message != kHeader)
            return fail(Errc::malformed, "the peer began with " + shown(message) + ", expected " + shown(kHeader));
        header_seen_ = true;
        return {};
    }
    return supports_ ? on_proposal(message) : on_answer(message);
}

Status Multistream::on_answer(std::string_view message) {
    if (message == proposals_[proposed_ - 1]) {
        agreed_ = message;
        return {};
    }
    if (message != kRefusal)
        return fail(Errc::malformed, "the peer answered " + shown(message) + " to the proposal " +
                                         shown(proposals_[proposed_ - 1]) + ", expected the same or 'na'");
    if (proposed_ == proposals_.size())
        return fail(Errc::unsupported, "the peer supports none of the " + std::to_string(proposals_.size()) +
                                           " proposed protocols; the last was " + shown(proposals_.back()));
    send(proposals_[proposed_++]);
    return {};
}

Status Multistream::on_proposal(std::string_view message) {
    if (++proposed_ > kMaxProposals)
        return fail(Errc::too_large, "the peer made more than " + std::to_string(kMaxProposals) + " proposals");
    if (!message.empty() && supports_(message)) {
        agreed_ = message;
        send(message);
        return {};
    }
    send(kRefusal);
    return {};
}

}  // namespace strata::net
