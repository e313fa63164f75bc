#include <strata/api/ethereum_block.hpp>

#include <nlohmann/json.hpp>

#include <array>
#include <charconv>

#include <strata/api/finality.hpp>
#include <strata/base/hex.hpp>
#include <strata/chain/api.hpp>

namespace strata::api {
namespace {

using chain::NullRound;
using chain::TipsetPtr;

constexpr std::array<std::string_view, 5> kTags = {"earliest", "pending", "latest", "safe", "finalized"};
constexpr std::size_t kHashText = 66;  // characters of a hash: 0x and 64 digits

/// Reads a number, hexadecimal after 0x and otherwise decimal. Empty if the text is not a number.
std::optional<std::uint64_t> number_of(std::string_view text) {
    int base = 10;
    if (text.starts_with("0x")) {
        base = 16;
        text.remove_prefix(2);
    }
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

Status read_text(const std::string& text, EthereumBlock& to) {
    if (std::ranges::find(kTags, text) != kTags.end()) {
        to.tag = text;
        return {};
    }
    if (text.size() == kHashText && text.starts_with("0x")) {
        STRATA_TRY(const Bytes bytes, from_hex(std::string_view(text).substr(2)));
        std::ranges::copy(bytes, to.hash.emplace().begin());
        return {};
    }
    to.number = number_of(text);
    if (to.number) return {};
    return fail(Errc::malformed, "the block is '" + text.substr(0, 100) +
                                     "', expected a number, a hash of 32 bytes, or latest, pending, safe or finalized");
}

Status read_object(const Json& from, EthereumBlock& to) {
    const Json* number = find_member(from, "blockNumber");
    const Json* hash = find_member(from, "blockHash");
    const bool has_number = number != nullptr && !number->is_null();
    const bool has_hash = hash != nullptr && !hash->is_null();
    if (has_number == has_hash)
        return fail(Errc::malformed, has_hash
                                         ? "the block has both blockNumber and blockHash, expected one of them"
                                         : "the block has neither blockNumber nor blockHash, expected one of them");
    STRATA_OK(read_member(from, "requireCanonical", to.must_be_canonical));
    EthereumBlock named;
    STRATA_OK(read(has_number ? *number : *hash, named));
    if (has_number ? !named.number : !named.hash)
        return fail(Errc::malformed,
                    has_number ? "blockNumber is " + text_of(*number).substr(0, 100) + ", expected a number"
                               : "blockHash is " + text_of(*hash).substr(0, 100) + ", expected a hash of 32 bytes");
    to.number = named.number;
    to.hash = named.hash;
    return {};
}

/// Returns the parent of the head, because the chain has no receipts yet for the head's own messages.
Result<TipsetPtr> latest(Context& context, const TipsetPtr& head) {
    if (head->height() == 0) return head;
    return context.chain.parent(*head);
}

Result<TipsetPtr> by_number(Context& context, const TipsetPtr& head, std::uint64_t number) {
    // "latest" is below the head, because the head's own messages have no receipts yet.
    const ChainEpoch newest = std::max<ChainEpoch>(0, head->height() - 1);
    if (number > static_cast<std::uint64_t>(newest))
        return fail(Errc::out_of_range, "requested a future epoch (beyond 'latest')");
    return context.chain.tipset_at(static_cast<ChainEpoch>(number), head, NullRound::previous);
}

/// Returns the tipset whose key has this hash. Keys are not stored under their hashes, so those of the newest tipsets
/// on the head's chain are hashed and compared.
Result<TipsetPtr> by_hash(Context& context, TipsetPtr at, const Hash256& hash) {
    const ChainEpoch oldest = at->height() - kChainFinality;
    while (true) {
        STRATA_OK(context.check_may_continue());
        if (equal(chain::tipset_key_cid(at->key()).digest(), hash)) return at;
        if (at->height() == 0 || at->height() <= oldest) break;
        STRATA_TRY(at, context.chain.parent(*at));
    }
    return fail(Errc::not_found, "failed to get tipset by hash: no tipset of the last " +
                                     std::to_string(kChainFinality) + " epochs has the hash 0x" + to_hex(hash));
}

}  // namespace

Status read(const Json& from, EthereumBlock& to) {
    if (from.is_object()) return read_object(from, to);
    if (from.is_number_unsigned()) {
        to.number = from.get<std::uint64_t>();
        return {};
    }
    if (!from.is_string())
        return fail(Errc::malformed, std::string("the block has the JSON type ") + from.type_name() +
                                         ", expected a string or an object");
    return read_text(from.get_ref<const std::string&>(), to);
}

Result<TipsetPtr> tipset_of(Context& context, const EthereumBlock& block) {
    auto head = context.chain.head();
    if (block.hash) return by_hash(context, head, *block.hash);
    if (block.number) return by_number(context, head, *block.number);
    if (block.tag == "pending") return head;
    if (block.tag == "latest") return latest(context, head);
    if (block.tag == "safe") return safe_below(context, head);
    if (block.tag == "finalized") return finalized_below(context, head);
    return fail(Errc::malformed, "block param \"" + block.tag + "\" is not supported");
}

}  // namespace strata::api
