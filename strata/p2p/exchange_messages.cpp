#include <strata/p2p/exchange_messages.hpp>

#include <map>

#include <strata/chain/block_rules.hpp>

namespace strata::p2p {
namespace {

constexpr std::uint64_t kBlockMessages = 10'000;  // lotus BlockMessageLimit
constexpr std::size_t kMaxText = 8'192;           // lotus cbor_gen.go, ErrorMessage

/// Puts messages of blocks into one list that has each of them once, in the order of their first appearance.
template <class T>
class Compactor {
  public:
    void add(const std::vector<T>& messages) {
        auto& places = includes_.emplace_back();
        for (const auto& message : messages) {
            const auto [it, is_new] = place_.try_emplace(message.cid(), list_.size());
            if (is_new) list_.push_back(&message);
            places.push_back(it->second);
        }
    }
    void write(CborWriter& w) const {
        w.array(list_.size());
        for (const auto* message : list_) encode(w, *message);
        encode(w, includes_);
    }

  private:
    std::map<Cid, std::uint64_t> place_;
    std::vector<const T*> list_;
    std::vector<std::vector<std::uint64_t>> includes_;
};

template <class T>
Status check_includes(std::string_view what, const std::vector<T>& list, const MessageIncludes& includes,
                      std::size_t blocks) {
    if (includes.of_blocks.size() != blocks)
        return fail(Errc::verification, "the response has " + std::to_string(includes.of_blocks.size()) + " lists of " +
                                            std::string(what) + " messages for " + std::to_string(blocks) + " blocks");
    for (const auto& places : includes.of_blocks)
        for (const auto place : places)
            if (place >= list.size())
                return fail(Errc::verification, "the response names " + std::string(what) + " message " +
                                                    std::to_string(place) + " of " + std::to_string(list.size()));
    return {};
}

std::size_t size_of(const Message& message) {
    return sizeof(Message) + message.params.size();
}
std::size_t size_of(const SignedMessage& message) {
    return sizeof(SignedMessage) + message.message.params.size() + message.signature.data.size();
}

/// Returns the memory that the blocks' copies of the messages take. No overflow: a block has at most 10,000 messages of
/// at most a few megabytes, and there are at most a hundred blocks.
template <class T>
std::size_t expanded_size(const std::vector<T>& list, const MessageIncludes& includes) {
    std::size_t size = 0;
    for (const auto& places : includes.of_blocks)
        for (const auto place : places) size += size_of(list[place]);
    return size;
}

}  // namespace

ExchangeRequest to_exchange(const chain::ChainRequest& request) {
    ExchangeRequest out{.head = request.top.cids(), .length = request.length, .options = ExchangeRequest::kHeaders};
    if (request.what == chain::ChainRequest::What::blocks) out.options |= ExchangeRequest::kMessages;
    return out;
}

// The sentences and their order are those of lotus chain/exchange/server.go validateRequest.
std::optional<std::string> refusal_of(const ExchangeRequest& request) {
    if ((request.options & (ExchangeRequest::kHeaders | ExchangeRequest::kMessages)) == 0) return "no options set";
    if (request.length > kMaxExchangeLength) return "request length over maximum allowed (900)";
    if (request.length == 0) return "invalid request length of zero";
    if (request.head.empty()) return "no cids in request";
    return {};
}

Result<MessageIncludes> MessageIncludes::read_cbor(CborReader& r) {
    MessageIncludes out;
    const CborLimits outer = r.limits();
    STRATA_OK(r.enter());
    r.set_limits(ExchangeTipset::kCborLimits);
    STRATA_TRY(const auto blocks, r.array());
    r.set_limits({.bytes = outer.bytes, .items = kBlockMessages});
    for (std::uint64_t i = 0; i < blocks; ++i) STRATA_OK(decode(r, out.of_blocks.emplace_back()));
    r.set_limits(outer);
    r.leave();
    return out;
}

Bytes exchange_response_head(ExchangeStatus status, std::string_view text, std::uint64_t tipsets) {
    CborWriter w;
    w.array(3);
    w.uint(static_cast<std::uint64_t>(status));
    w.text(text);
    w.array(tipsets);
    return w.take();
}

Bytes exchange_tipset(const std::vector<chain::FullBlock>& blocks, std::uint64_t options) {
    CborWriter w;
    w.array(2);
    const bool headers = (options & ExchangeRequest::kHeaders) != 0;
    w.array(headers ? blocks.size() : 0);
    if (headers)
        for (const auto& block : blocks) encode(w, block.header);
    if ((options & ExchangeRequest::kMessages) == 0) {
        w.null();
        return w.take();
    }
    Compactor<Message> bls;
    Compactor<SignedMessage> secp;
    for (const auto& block : blocks) {
        bls.add(block.messages.bls);
        secp.add(block.messages.secp);
    }
    w.array(4);
    bls.write(w);
    secp.write(w);
    return w.take();
}

Result<std::vector<chain::FullBlock>> expand(ExchangeTipset&& tipset, std::size_t max_size) {
    std::vector<chain::FullBlock> out;
    for (auto& header : tipset.blocks) out.push_back({std::move(header), {}});
    if (!tipset.messages) return out;
    const auto& messages = *tipset.messages;
    STRATA_OK(check_includes("BLS", messages.bls, messages.bls_includes, out.size()));
    STRATA_OK(check_includes("signed", messages.secp, messages.secp_includes, out.size()));
    const std::size_t size =
        expanded_size(messages.bls, messages.bls_includes) + expanded_size(messages.secp, messages.secp_includes);
    if (size > max_size)
        return fail(Errc::too_large, "the messages of the blocks take " + std::to_string(size) +
                                         " bytes, expected at most " + std::to_string(max_size));
    for (std::size_t i = 0; i < out.size(); ++i) {
        for (const auto place : messages.bls_includes.of_blocks[i]) out[i].messages.bls.push_back(messages.bls[place]);
        for (const auto place : messages.secp_includes.of_blocks[i])
            out[i].messages.secp.push_back(messages.secp[place]);
    }
    return out;
}

ExchangeReader::ExchangeReader(std::uint64_t tipsets, std::size_t tipset_bytes)
    : most_(tipsets), tipset_bytes_(tipset_bytes), item_(9) {}

// Reads one part of what comes before the tipsets. Returns false if the part is not complete.
Result<bool> ExchangeReader::step(BytesView& bytes) {
    if (bytes.empty()) return false;
    if (stage_ == Stage::outer) {
        if (bytes[0] != 0x83) return fail(Errc::malformed, "the response is not an array of 3");
        bytes = bytes.subspan(1);
        stage_ = Stage::status;
        return true;
    }
    if (stage_ == Stage::count) return read_count(bytes);
    STRATA_TRY(const bool complete, item_.take(bytes));
    if (!complete) return false;
    if (stage_ == Stage::status) {
        STRATA_TRY(const auto status, from_cbor<std::uint64_t>(item_.item()));
        status_ = static_cast<ExchangeStatus>(status);
        stage_ = Stage::text;
        item_ = ItemReader(kMaxText + 3);
    } else {
        STRATA_TRY(text_, from_cbor<std::string>(item_.item()));
        stage_ = Stage::count;
    }
    return true;
}

Result<bool> ExchangeReader::read_count(BytesView& bytes) {
    count_.push_back(bytes[0]);
    bytes = bytes.subspan(1);
    const unsigned info = count_[0] & 31U;
    if (count_[0] >> 5 != 4 || info > 27) return fail(Errc::malformed, "the tipsets of the response are not an array");
    const std::size_t more = info < 24 ? 0 : std::size_t{1} << (info - 24);
    if (count_.size() < 1 + more) return true;
    left_ = info < 24 ? info : 0;
    for (std::size_t i = 1; i < count_.size(); ++i) left_ = left_ << 8 | count_[i];
    if (left_ > most_)
        return fail(Errc::verification, "the response has " + std::to_string(left_) + " tipsets, expected at most " +
                                            std::to_string(most_));
    stage_ = Stage::tipsets;
    item_ = ItemReader(tipset_bytes_);
    return true;
}

Result<std::optional<ExchangeTipset>> ExchangeReader::next(BytesView& bytes) {
    while (stage_ != Stage::tipsets) {
        STRATA_TRY(const bool goes_on, step(bytes));
        if (!goes_on) return std::optional<ExchangeTipset>{};
    }
    if (left_ == 0) return std::optional<ExchangeTipset>{};
    STRATA_TRY(const bool complete, item_.take(bytes));
    if (!complete) return std::optional<ExchangeTipset>{};
    STRATA_TRY(auto tipset, from_cbor<ExchangeTipset>(item_.item()));
    item_ = ItemReader(tipset_bytes_);
    --left_;
    return std::optional(std::move(tipset));
}

Result<std::vector<chain::FullBlock>> ExchangeChecker::take(ExchangeTipset&& tipset) {
    const bool wants_messages = request_.what == chain::ChainRequest::What::blocks;
    if (wants_messages != tipset.messages.has_value())
        return fail(Errc::verification, wants_messages ? "the response lacks the messages of a tipset"
                                                       : "the response has messages that were not asked for");
    auto headers = tipset.blocks;
    STRATA_TRY(const auto made, chain::Tipset::make(std::move(headers)));
    if (!chain::same_blocks(made->key(), next_))
        return fail(Errc::verification, "the response has tipset " + made->key().to_string() + " in place " +
                                            std::to_string(count_) + ", expected " + next_.to_string());
    if (above_ && made->height() >= *above_)
        return fail(Errc::verification, "the response has a parent at epoch " + std::to_string(made->height()) +
                                            ", which is not below its child at " + std::to_string(*above_));
    STRATA_TRY(auto blocks, expand(std::move(tipset)));
    if (wants_messages)
        for (const auto& block : blocks) STRATA_OK(chain::check_messages_named(block.header, block.messages));
    next_ = made->parents();
    above_ = made->height();
    ++count_;
    return blocks;
}

Status ExchangeChecker::finish(ExchangeStatus status) const {
    if (count_ == 0) return fail(Errc::verification, "the response reports success and has no tipset");
    if (count_ < request_.length && status != ExchangeStatus::partial)
        return fail(Errc::verification, "the response has " + std::to_string(count_) + " tipsets with status " +
                                            std::to_string(static_cast<std::uint64_t>(status)) + ", expected " +
                                            std::to_string(request_.length));
    return {};
}

}  // namespace strata::p2p
