#include <strata/types/basic.hpp>

namespace strata {

TokenAmount fil(std::int64_t whole) {
    return BigInt(whole) * BigInt(std::int64_t{1'000'000'000'000'000'000});
}

const TokenAmount& total_filecoin() {
    static const TokenAmount total = fil(2'000'000'000);
    return total;
}

}  // namespace strata
