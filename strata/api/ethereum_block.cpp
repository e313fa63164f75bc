#include <strata/api/ethereum_block.hpp>

#include <nlohmann/json.hpp>

#include <array>

#include <strata/api/ethereum_json.hpp>
#include <strata/api/ethereum_transaction.hpp>
#include <strata/api/finality.hpp>
#include <strata/chain/api.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/index/chain_index.hpp>

namespace strata::api {
namespace {

using chain::NullRound;
using chain::TipsetPtr;

constexpr std::array<std::string_view, 5> kTags = {"earliest", "pending", "latest", "safe", "finalized"};
constexpr std::size_t kHashText = 66;  // characters of a hash: 0x and 64 digits

Status read_text(const std::string& text, EthereumBlock& to) {
    if (std::ranges::find(kTags, text) != kTags.end()) {
        to.tag = text;
        return {};
    }
    if (text.size() == kHashText && text.starts_with("0x")) {
        STRATA_TRY(to.hash, parse_ethereum_hash(text));
        return {};
    }
    to.number = parse_quantity(text);
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

Result<bool> is_canonical(Context& context, const TipsetPtr& head, const TipsetPtr& tipset) {
    if (tipset->height() > head->height()) return false;
    STRATA_TRY(const auto there, context.chain.tipset_at(tipset->height(), head, NullRound::previous));
    return there->key() == tipset->key();
}

/// Returns the tipset whose key has this hash, if the index has it; null otherwise.
Result<TipsetPtr> by_index(Context& context, const TipsetPtr& head, const EthereumBlock& block) {
    if (context.options.index == nullptr) return TipsetPtr();
    STRATA_TRY(const auto found, context.options.index->tipset(*block.hash));
    if (!found) return TipsetPtr();
    STRATA_TRY(auto tipset, context.chain.tipset(found->key));
    if (!block.must_be_canonical) return tipset;
    STRATA_TRY(const bool is_there, is_canonical(context, head, tipset));
    return is_there ? Result<TipsetPtr>(tipset) : fail(Errc::not_found, "tipset is not canonical");
}

/// Returns the lowest epoch in which a hash is looked for without the index: it has all tipsets below its tip, and
/// otherwise those of the last 900 epochs are hashed and compared.
Result<ChainEpoch> search_floor(Context& context, const TipsetPtr& head) {
    const ChainEpoch floor = std::max<ChainEpoch>(0, head->height() - kChainFinality);
    if (context.options.index == nullptr) return floor;
    STRATA_TRY(const auto covered, context.options.index->coverage());
    if (!covered || !covered->is_complete) return floor;
    STRATA_TRY(const auto tip, context.chain.tipset(covered->tip));
    STRATA_TRY(const bool is_there, is_canonical(context, head, tip));
    return is_there ? std::max(floor, covered->highest - 1) : floor;
}

Result<TipsetPtr> by_hash(Context& context, TipsetPtr at, const EthereumBlock& block) {
    STRATA_TRY(auto found, by_index(context, at, block));
    if (found) return found;
    STRATA_TRY(const ChainEpoch floor, search_floor(context, at));
    while (true) {
        STRATA_OK(context.check_may_continue());
        if (block_hash(at->key()) == *block.hash) return at;
        if (at->height() <= floor) break;
        STRATA_TRY(at, context.chain.parent(*at));
    }
    return fail(Errc::not_found,
                "failed to get tipset by hash: this node knows no tipset with the hash " + hex_text(*block.hash));
}

/// Returns the block for a null round that has this hash, if there is one on the chain of the head.
Result<std::optional<BlockAt>> null_block(Context& context, const Hash256& hash) {
    const auto epoch = load_be<std::uint64_t>(hash.data() + hash.size() - sizeof(std::uint64_t));
    const auto head = context.chain.head();
    if (epoch >= static_cast<std::uint64_t>(head->height())) return std::optional<BlockAt>{};
    const auto at = static_cast<ChainEpoch>(epoch);
    STRATA_TRY(auto before, context.chain.tipset_at(at, head, NullRound::previous));
    if (before->height() == at || null_block_hash(before->key(), at) != hash) return std::optional<BlockAt>{};
    return std::optional(BlockAt{std::move(before), at});
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
    if (block.hash && context.options.empty_blocks) {
        STRATA_TRY(auto found, null_block(context, *block.hash));
        if (found) return std::move(found->tipset);
    }
    if (block.hash) return by_hash(context, head, block);
    if (block.number) return by_number(context, head, *block.number);
    if (block.tag == "pending") return head;
    if (block.tag == "latest") return latest(context, head);
    if (block.tag == "safe") return safe_below(context, head);
    if (block.tag == "finalized") return finalized_below(context, head);
    return fail(Errc::malformed, "block param \"" + block.tag + "\" is not supported");
}

Status read(const Json& from, EthereumNumber& to) {
    STRATA_OK(read(from, to.block));
    if (!to.block.hash && !from.is_object()) return {};
    return fail(Errc::malformed, "the block is " + text_of(from).substr(0, 100) + ", expected a number or a tag");
}

Answered<BlockAt> block_of(Context& context, const EthereumBlock& block) {
    const bool has_nulls = context.options.empty_blocks;
    if (has_nulls && block.hash) {
        auto found = null_block(context, *block.hash);
        if (!found) return found.error();
        if (*found) return std::move(**found);
    }
    auto tipset = tipset_of(context, block);
    if (!tipset) return tipset.error();
    if (!block.number || (*tipset)->height() == static_cast<ChainEpoch>(*block.number))
        return BlockAt{std::move(*tipset), {}};
    const auto epoch = static_cast<ChainEpoch>(*block.number);
    if (!has_nulls) return Fault::null_round(epoch);
    return BlockAt{std::move(*tipset), epoch};
}

Hash256 null_block_hash(const TipsetKey& before, ChainEpoch epoch) {
    Bytes input = to_bytes(block_hash(before));
    input.resize(input.size() + sizeof epoch);
    store_be(input.data() + input.size() - sizeof epoch, static_cast<std::uint64_t>(epoch));
    Hash256 out = crypto::blake2b_256(input);
    store_be(out.data() + out.size() - sizeof epoch, static_cast<std::uint64_t>(epoch));
    return out;
}

Hash256 parent_hash(const Options& options, const TipsetKey& parents, ChainEpoch parent_epoch, ChainEpoch epoch) {
    if (options.empty_blocks && parent_epoch < epoch - 1) return null_block_hash(parents, epoch - 1);
    return block_hash(parents);
}

}  // namespace strata::api
