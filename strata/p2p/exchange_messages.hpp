#pragma once
// The messages of chain exchange, /fil/chain/xchg/0.0.1: a request names a tipset and how many to send from it down;
// the response has them tipset by tipset, each message once. Values and CBOR only. Source: docs/protocol/node.md §18
// (lotus chain/exchange/protocol.go, protocol_encoding.go, cbor_gen.go: the limits of lists).
#include <strata/chain/block_source.hpp>
#include <strata/p2p/item_reader.hpp>

namespace strata::p2p {

inline constexpr std::string_view kExchangeProtocol = "/fil/chain/xchg/0.0.1";
/// Tipsets of a request. Source: lotus MaxRequestLength, which is finality.
inline constexpr std::uint64_t kMaxExchangeLength = 900;
/// Bytes of a request. Ours: a hundred blocks fit.
inline constexpr std::size_t kMaxExchangeRequest = 4 << 10;
/// Bytes of a response. Source: lotus chain/exchange/client.go maxExchangeMessageSize.
inline constexpr std::uint64_t kMaxExchangeResponse = std::uint64_t{120} << 20;
/// Bytes of one tipset in a response, without and with messages. Ours: five blocks full of messages have 38 MiB.
inline constexpr std::size_t kMaxExchangeHeaders = 256 << 10;
inline constexpr std::size_t kMaxExchangeTipset = std::size_t{64} << 20;

enum class ExchangeStatus : std::uint64_t {
    ok = 0,
    partial = 101,  // fewer tipsets than asked for, at least one
    not_found = 201,
    go_away = 202,
    internal_error = 203,
    bad_request = 204,
};

struct ExchangeRequest {
    static constexpr std::uint64_t kHeaders = 1;  // bits of options
    static constexpr std::uint64_t kMessages = 2;

    std::vector<Cid> head;
    std::uint64_t length = 0;
    std::uint64_t options = 0;
    STRATA_CBOR_TUPLE(head, length, options);
    friend bool operator==(const ExchangeRequest&, const ExchangeRequest&) = default;
};

/// Returns the request for what the syncer asks.
ExchangeRequest to_exchange(const chain::ChainRequest& request);
/// Returns what Lotus answers to a request that it cannot serve; empty for a good one.
std::optional<std::string> refusal_of(const ExchangeRequest& request);

/// For each block, the places of its messages in a list that has each message once.
struct MessageIncludes {
    std::vector<std::vector<std::uint64_t>> of_blocks;
    void to_cbor(CborWriter& w) const { encode(w, of_blocks); }
    static Result<MessageIncludes> read_cbor(CborReader& r);
};

struct CompactedMessages {
    std::vector<Message> bls;
    MessageIncludes bls_includes;
    std::vector<SignedMessage> secp;
    MessageIncludes secp_includes;
    STRATA_CBOR_TUPLE(bls, bls_includes, secp, secp_includes);
    static constexpr CborLimits kCborLimits{.bytes = kWireLimits.bytes, .items = 150'000};
};

struct ExchangeTipset {
    std::vector<BlockHeader> blocks;            // none if only messages were asked for
    std::optional<CompactedMessages> messages;  // empty if only headers were asked for
    STRATA_CBOR_TUPLE(blocks, messages);
    static constexpr CborLimits kCborLimits{.bytes = kWireLimits.bytes, .items = 100};
};

/// Returns what comes before the first tipset. A refusal has none.
Bytes exchange_response_head(ExchangeStatus status, std::string_view text, std::uint64_t tipsets);
/// Returns a tipset as the options of a request want it.
Bytes exchange_tipset(const std::vector<chain::FullBlock>& blocks, std::uint64_t options);

/// Gives each block its messages. Errors: verification if the lists do not fit the blocks, or an index its list;
/// too_large if the blocks, which may share long messages, would take more memory than `max_size`.
Result<std::vector<chain::FullBlock>> expand(ExchangeTipset&& tipset, std::size_t max_size = kMaxExchangeTipset);

/// Reads a response piece by piece, so that one tipset at a time is in memory.
class ExchangeReader {
  public:
    /// `tipsets`: the most that the response may have. `tipset_bytes`: of each one.
    ExchangeReader(std::uint64_t tipsets, std::size_t tipset_bytes);

    /// Takes bytes up to the end of a tipset and moves `bytes` past them. Returns the tipset if it is complete. Errors:
    /// too_large, malformed, and those of CborReader.
    Result<std::optional<ExchangeTipset>> next(BytesView& bytes);
    /// Returns true if the whole response was read. Bytes after it do not matter, as in Lotus.
    bool is_complete() const { return stage_ == Stage::tipsets && left_ == 0; }
    /// These are known when the first tipset is.
    ExchangeStatus status() const { return status_; }
    const std::string& text() const { return text_; }

  private:
    enum class Stage : std::uint8_t { outer, status, text, count, tipsets };
    Result<bool> step(BytesView& bytes);
    Result<bool> read_count(BytesView& bytes);

    const std::uint64_t most_;
    const std::size_t tipset_bytes_;
    Stage stage_ = Stage::outer;
    ItemReader item_;
    Bytes count_;  // the head of the array of tipsets, as far as it came
    ExchangeStatus status_ = ExchangeStatus::ok;
    std::string text_;
    std::uint64_t left_ = 0;  // tipsets that are still to come
};

/// Checks the tipsets of a response against its request, one after the other.
class ExchangeChecker {
  public:
    explicit ExchangeChecker(chain::ChainRequest request) : request_(std::move(request)), next_(request_.top) {}
    /// Returns the blocks of the next tipset. Errors: verification if it is not the one that follows, or if a block
    /// does not name its messages; those of expand().
    Result<std::vector<chain::FullBlock>> take(ExchangeTipset&& tipset);
    /// Checks the end of a response. Errors: verification for fewer tipsets than asked for without saying so.
    Status finish(ExchangeStatus status) const;

  private:
    const chain::ChainRequest request_;
    TipsetKey next_;  // the key of the tipset that is expected
    std::optional<ChainEpoch> above_;
    std::uint64_t count_ = 0;
};

}  // namespace strata::p2p
