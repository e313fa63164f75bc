#include <strata/actors/math/smoothing.hpp>

#include <strata/types/fixed_point.hpp>

namespace strata::actors {
namespace {

BigInt constant(std::string_view text) {
    return BigInt::constant(text);
}

// Returns the natural logarithm of x in [1, 2], in Q.128.
BigInt ln_between_one_and_two(const BigInt& x) {
    static const std::vector<BigInt> num = {
        constant("261417938209272870992496419296200268025"),    constant("7266615505142943436908456158054846846897"),
        constant("32458783941900493142649393804518050491988"),  constant("17078670566130897220338060387082146864806"),
        constant("-35150353308172866634071793531642638290419"), constant("-20351202052858059355702509232125230498980"),
        constant("-1563932590352680681114104005183375350999"),
    };
    static const std::vector<BigInt> den = {
        constant("49928077726659937662124949977867279384"),    constant("2508163877009111928787629628566491583994"),
        constant("21757751789594546643737445330202599887121"), constant("53400635271583923415775576342898617051826"),
        constant("41248834748603606604000911015235164348839"), constant("9015227820322455780436733526367238305537"),
        constant("340282366920938463463374607431768211456"),
    };
    return div_floor(poly_val(num, x, kPrecision) << kPrecision, poly_val(den, x, kPrecision));
}

// Returns the natural logarithm of z > 0, in Q.128. z is split into 2^k and a factor x in [1, 2), so that
// ln z = k ln 2 + ln x.
BigInt ln(const BigInt& z) {
    static const BigInt ln_2 = constant("235865763225513294137944142764154484399");
    const auto k = static_cast<std::int64_t>(z.bit_length()) - 1 - static_cast<std::int64_t>(kPrecision);
    const BigInt x = k > 0 ? z >> static_cast<unsigned>(k) : z << static_cast<unsigned>(-k);
    return BigInt(k) * ln_2 + ln_between_one_and_two(x);
}

}  // namespace

FilterEstimate next_estimate(const FilterEstimate& previous, const BigInt& observation, ChainEpoch epochs) {
    static const BigInt alpha = constant("314760000000000000000000000000000000");  // 9.25 * 10^-4
    static const BigInt beta = constant("96640100000000000000000000000000");       // 2.84 * 10^-7
    // An alpha-beta filter: alpha times the error of the prediction corrects the position, and beta times the error per
    // epoch corrects the velocity.
    const BigInt delta_t = BigInt(epochs) << kPrecision;
    const BigInt expected = ((delta_t * previous.velocity) >> kPrecision) + previous.position;
    const BigInt residual = (observation << kPrecision) - expected;
    return {expected + ((alpha * residual) >> kPrecision), div_floor(residual * beta, delta_t) + previous.velocity};
}

BigInt extrapolated_cum_sum_of_ratio(ChainEpoch delta, ChainEpoch start, const FilterEstimate& num,
                                     const FilterEstimate& den) {
    static const BigInt epsilon = constant("302231454903657293676544");  // 2^-50 in Q.128
    // The sum is the integral of a ratio of two linear functions, which contains a logarithm. If the denominator hardly
    // changes, that formula would divide by almost zero. Then the denominator counts as constant, and the numerator
    // with its value at the middle of the period.
    const BigInt delta_t = BigInt(delta) << kPrecision;
    const BigInt t0 = BigInt(start) << kPrecision;
    const BigInt squared = (den.velocity * den.velocity) >> kPrecision;
    if (squared > epsilon) {
        const BigInt from = ((den.velocity * t0) >> kPrecision) + den.position;
        const BigInt to = ((den.velocity * delta_t) >> kPrecision) + from;
        const BigInt log_from = ln(from);
        const BigInt log_to = ln(to);
        const BigInt m1 = ((log_to - log_from) * num.position * den.velocity) >> kPrecision;
        const BigInt m2 = (((log_from - log_to) * den.position + den.velocity * delta_t) * num.velocity) >> kPrecision;
        return div_floor(m2 + m1, squared);
    }
    const BigInt middle = ((num.velocity * (t0 + (delta_t >> 1))) >> kPrecision) + num.position;
    return div_floor(middle * delta_t, den.position);
}

}  // namespace strata::actors
