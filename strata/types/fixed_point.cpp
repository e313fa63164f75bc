#include <strata/types/fixed_point.hpp>

#include <array>

namespace strata {
namespace {

// A rational function close to e^-x: both polynomials are in Q.128, highest order first; scaled() shifts them to a
// higher precision. The numbers are a rule of consensus (lotus chain/types/electionproof.go expNumCoef and
// expDenoCoef).
const std::vector<BigInt>& numerator() {
    static const std::vector<BigInt> coefficients = {
        BigInt::constant("-648770010757830093818553637600"),
        BigInt::constant("67469480939593786226847644286976"),
        BigInt::constant("-3197587544499098424029388939001856"),
        BigInt::constant("89244641121992890118377641805348864"),
        BigInt::constant("-1579656163641440567800982336819953664"),
        BigInt::constant("17685496037279256458459817590917169152"),
        BigInt::constant("-115682590513835356866803355398940131328"),
        BigInt::constant("340282366920938463463374607431768211456"),
    };
    return coefficients;
}

const std::vector<BigInt>& denominator() {
    static const std::vector<BigInt> coefficients = {
        BigInt::constant("1225524182432722209606361"),
        BigInt::constant("114095592300906098243859450"),
        BigInt::constant("5665570424063336070530214243"),
        BigInt::constant("194450132448609991765137938448"),
        BigInt::constant("5068267641632683791026134915072"),
        BigInt::constant("104716890604972796896895427629056"),
        BigInt::constant("1748338658439454459487681798864896"),
        BigInt::constant("23704654329841312470660182937960448"),
        BigInt::constant("259380097567996910282699886670381056"),
        BigInt::constant("2250336698853390384720606936038375424"),
        BigInt::constant("14978272436876548034486263159246028800"),
        BigInt::constant("72144088983913131323343765784380833792"),
        BigInt::constant("224599776407103106596571252037123047424"),
        BigInt::constant("340282366920938463463374607431768211456"),
    };
    return coefficients;
}

std::vector<BigInt> scaled(const std::vector<BigInt>& coefficients, unsigned precision) {
    std::vector<BigInt> out;
    for (const auto& c : coefficients) out.push_back(c << (precision - 128));
    return out;
}

}  // namespace

BigInt poly_val(std::span<const BigInt> coefficients, const BigInt& x, unsigned precision) {
    BigInt out;
    for (const auto& c : coefficients) out = ((out * x) >> precision) + c;
    return out;
}

BigInt expneg(const BigInt& x, unsigned precision) {
    STRATA_CHECK(precision >= 128);
    // Each product is rounded down to the precision at once, as in the reference; exact arithmetic would give different
    // last bits.
    const BigInt num = poly_val(scaled(numerator(), precision), x, precision);
    const BigInt den = poly_val(scaled(denominator(), precision), x, precision);
    return div_floor(num << precision, den);
}

}  // namespace strata
