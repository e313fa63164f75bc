#include <strata/contracts/node.hpp>

#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>

namespace strata::contracts {

Result<Bytes> NodeBlocks::get(const Cid& cid) {
    STRATA_TRY(const auto answer, node_.ask("ChainReadObj", Json::array({Json{{"/", cid.to_string()}}})));
    if (!answer.is_string()) return fail(Errc::malformed, "ChainReadObj: expected the bytes of a block as base64");
    STRATA_TRY(auto data, from_base64(answer.get_ref<const std::string&>()));
    if (Cid::hash_of(cid.codec(), data) != cid)
        return fail(Errc::verification, "the node answers with a wrong block for " + cid.to_string());
    return data;
}

Result<bool> NodeBlocks::has(const Cid& cid) {
    STRATA_TRY(const auto answer, node_.ask("ChainHasObj", Json::array({Json{{"/", cid.to_string()}}})));
    return answer == true;
}

Result<Cid> NodeBlocks::put(Codec, BytesView) {
    return fail(Errc::unsupported, "a node's blocks can only be read");
}

Status NodeBlocks::put_block(const Cid&, BytesView) {
    return fail(Errc::unsupported, "a node's blocks can only be read");
}

}  // namespace strata::contracts
