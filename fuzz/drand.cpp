#include <strata/drand/info.hpp>

#include "target.hpp"

// Descriptions of chains and rounds in drand's JSON: what was read is written so that it is read as the same.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    namespace drand = strata::drand;
    const auto text = strata::as_text({data, size});
    if (const auto info = drand::decode_info(text)) {
        const auto again = drand::decode_info(drand::encode_info(*info));
        STRATA_CHECK(again && *again == *info);
        for (const std::uint64_t at : {std::uint64_t{0}, std::uint64_t{1} << 40, UINT64_MAX}) {
            const auto round = drand::round_at(info->chain, at);
            if (round > 0) STRATA_CHECK(drand::time_of(info->chain, round) <= at);
        }
    }
    if (const auto round = drand::decode_round(text)) {
        const auto again = drand::decode_round(drand::encode_round(*round));
        STRATA_CHECK(again && again->round == round->round && again->data == round->data);
    }
    return 0;
}
