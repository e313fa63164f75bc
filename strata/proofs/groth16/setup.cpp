#include <strata/proofs/groth16/setup.hpp>

#include <strata/base/file_writer.hpp>
#include <strata/base/thread_pool.hpp>
#include <strata/crypto/blake2.hpp>
#include <strata/crypto/fft.hpp>
#include <strata/crypto/msm.hpp>

namespace strata::proofs {

using crypto::FixedBase;
using crypto::Fr;
using crypto::G1Affine;
using crypto::G2Affine;

namespace {

/// Holds the values at tau of the polynomials of every variable, inputs first.
using AtTau = std::vector<Fr>;

/// Computes the values at tau of the Lagrange polynomials of the domain's first `count` points:
/// (tau^m - 1)/m · w^j/(tau - w^j), where m is `domain`, the number of its points, and w is `root`.
Result<std::vector<Fr>> lagrange_at(const Fr& tau, const Fr& root, std::size_t domain, std::size_t count) {
    const Fr vanishing = tau.pow({domain, 0, 0, 0}) - Fr::one();
    if (vanishing.is_zero())
        return fail(Errc::invalid_argument,
                    "tau is one of the " + std::to_string(domain) + " points of the domain; draw new secrets");
    const Fr factor = vanishing * Fr::from_u64(domain).inverse();
    std::vector<Fr> out(count);
    parallel_for(count, 1 << 12, [&](std::size_t begin, std::size_t end) {
        // One inversion serves all points (Montgomery's trick). out[j] first holds factor · w^j times the product of
        // all earlier differences. On the way back it is multiplied by the inverse of the product of differences 0 to
        // j, which leaves factor · w^j / (tau - w^j).
        std::vector<Fr> differences(end - begin);
        Fr power = root.pow({begin, 0, 0, 0});
        Fr product = factor;
        for (std::size_t j = begin; j < end; ++j, power *= root) {
            differences[j - begin] = tau - power;
            out[j] = product * power;
            product *= differences[j - begin];
        }
        Fr inverse = product.inverse() * factor;  // `product` began with `factor`, which is removed here
        for (std::size_t j = end; j-- > begin;) {
            out[j] *= inverse;
            inverse *= differences[j - begin];
        }
    });
    return out;
}

/// Adds up, for every variable, coefficient · lagrange[row] over the rows in which it occurs.
AtTau columns(const R1cs& circuit, const SparseMatrix& matrix, std::span<const Fr> lagrange) {
    AtTau out(circuit.inputs + circuit.aux);
    for (std::size_t i = 0; i < circuit.rows; ++i) {
        for (const Term term : matrix.row(i)) {
            const auto at = term.variable.index() + (term.variable.is_aux() ? circuit.inputs : 0);
            if (term.coefficient == kPlus)
                out[at] += lagrange[i];
            else
                out[at] += circuit.coefficients[term.coefficient] * lagrange[i];
        }
    }
    return out;
}

std::vector<Fr> non_zero(std::span<const Fr> values) {
    std::vector<Fr> out;
    std::ranges::copy_if(values, std::back_inserter(out), [](const Fr& value) { return !value.is_zero(); });
    return out;
}

/// Writes a parameter file part by part and computes its digest at the same time, so that a key of gigabytes is never
/// held in memory.
class KeyWriter {
  public:
    KeyWriter(FileWriter file, const Watch& watch, double points)
        : file_(std::move(file)), watch_(watch), all_points_(points) {}

    Status write(BytesView bytes) {
        digest_.update(bytes);
        return file_.write(bytes);
    }

    /// Writes a BE32 count and the points base·scalars.
    template <class Point>
    Status write_list(std::string_view name, const FixedBase<Point>& base, std::span<const Fr> scalars) {
        ByteArray<4> count;
        store_be(count.data(), static_cast<std::uint32_t>(scalars.size()));
        STRATA_OK(write(count));
        constexpr std::size_t kStep = std::size_t{1} << 17;
        std::vector<Point> points;
        Bytes bytes;
        for (std::size_t at = 0; at < scalars.size(); at += kStep) {
            const auto part = scalars.subspan(at, std::min(kStep, scalars.size() - at));
            points.resize(part.size());
            base.multiply(part, points);
            encode(points, bytes);
            STRATA_OK(write(bytes));
            // A point of G2 takes three times as long as one of G1.
            done_ += static_cast<double>(part.size()) * (sizeof(Point) == sizeof(G2Affine) ? 3 : 1);
            STRATA_OK(watch_.at(name, done_ / all_points_));
        }
        return {};
    }

    Result<ByteArray<64>> finish() {
        STRATA_OK(file_.commit());
        ByteArray<64> out;
        digest_.finish(out);
        return out;
    }

  private:
    template <class Point>
    static void encode(std::span<const Point> points, Bytes& out) {
        out.resize(points.size() * Point::kUncompressed);
        parallel_for(points.size(), 1 << 10, [&](std::size_t begin, std::size_t end) {
            for (std::size_t i = begin; i < end; ++i) {
                const auto one = uncompressed(points[i]);
                std::memcpy(out.data() + i * one.size(), one.data(), one.size());
            }
        });
    }
    template <class Point>
    static void encode(const std::vector<Point>& points, Bytes& out) {
        encode(std::span<const Point>(points), out);
    }

    FileWriter file_;
    crypto::Blake2b digest_{64};
    const Watch& watch_;
    double all_points_;
    double done_ = 0;
};

/// Holds the discrete logarithms of a key's points, which can be computed only with the secrets.
struct Exponents {
    std::vector<Fr> ic, h, l, a, b;
};

Result<Exponents> exponents_of(const R1cs& circuit, const SetupSecrets& secrets) {
    const auto rows = circuit.rows + circuit.inputs;
    STRATA_TRY(const auto domain, crypto::FftDomain::order_for(rows));
    STRATA_TRY(const auto lagrange, lagrange_at(secrets.tau, domain.root, domain.size, rows));
    std::array<AtTau, 3> columns_at_tau;
    const std::array matrices{&circuit.a, &circuit.b, &circuit.c};
    parallel_for(3, 1, [&](std::size_t begin, std::size_t end) {
        for (auto i = begin; i < end; ++i) columns_at_tau[i] = columns(circuit, *matrices[i], lagrange);
    });
    // Each input has one more row, which is in A alone (docs/protocol/proofs.md §13).
    auto& [a, b, c] = columns_at_tau;
    for (std::size_t i = 0; i < circuit.inputs; ++i) a[i] += lagrange[circuit.rows + i];

    Exponents out;
    const Fr by_gamma = secrets.gamma.inverse(), by_delta = secrets.delta.inverse();
    // ic_i = (β·a_i(τ) + α·b_i(τ) + c_i(τ))/γ for inputs, and L_i the same over δ for the other variables.
    std::vector<Fr> combined(a.size());
    parallel_for(combined.size(), 1 << 12, [&](std::size_t begin, std::size_t end) {
        for (auto i = begin; i < end; ++i)
            combined[i] =
                (a[i] * secrets.beta + b[i] * secrets.alpha + c[i]) * (i < circuit.inputs ? by_gamma : by_delta);
    });
    const auto first_aux = combined.begin() + static_cast<std::ptrdiff_t>(circuit.inputs);
    out.ic.assign(combined.begin(), first_aux);
    out.l.assign(first_aux, combined.end());
    if (const auto unused = std::ranges::find_if(out.l, &Fr::is_zero); unused != out.l.end())
        return fail(Errc::invalid_argument, "auxiliary variable " + std::to_string(unused - out.l.begin()) +
                                                " does not occur in any row of the circuit");
    out.a = non_zero(a);
    out.b = non_zero(b);
    // H_i = τ^i·(τ^m - 1)/δ.
    out.h.resize(domain.size - 1);
    Fr power = (secrets.tau.pow({domain.size, 0, 0, 0}) - Fr::one()) * by_delta;
    for (auto& element : out.h) {
        element = power;
        power *= secrets.tau;
    }
    return out;
}

}  // namespace

Fr random_element(crypto::RandomSource& random) {
    for (;;) {
        auto bytes = random.bytes<32>();
        bytes[31] &= 0x7f;  // r has 255 bits, and nine of ten numbers of 255 bits are below it
        if (const auto element = Fr::from_bytes(bytes)) return *element;
    }
}

SetupSecrets SetupSecrets::draw(crypto::RandomSource& random) {
    SetupSecrets out;
    out.g1 = crypto::g1_generator() * random_element(random);
    out.g2 = crypto::g2_generator() * random_element(random);
    for (auto* secret : {&out.alpha, &out.beta, &out.gamma, &out.delta, &out.tau}) *secret = random_element(random);
    return out;
}

Result<MadeKey> make_key(const R1cs& circuit, const SetupSecrets& secrets, const std::filesystem::path& path,
                         const Watch& watch) {
    STRATA_OK(watch.at("rows", 0));
    STRATA_TRY(const auto exponents, exponents_of(circuit, secrets));
    const FixedBase<G1Affine> g1(secrets.g1);
    const FixedBase<G2Affine> g2(secrets.g2);
    MadeKey out;
    out.verifying = {g1.multiply(secrets.alpha),
                     g1.multiply(secrets.beta),
                     g2.multiply(secrets.beta),
                     g2.multiply(secrets.gamma),
                     g1.multiply(secrets.delta),
                     g2.multiply(secrets.delta),
                     std::vector<G1Affine>(exponents.ic.size())};
    g1.multiply(exponents.ic, out.verifying.ic);

    STRATA_TRY(auto file, FileWriter::create(path));
    // B is written in G1 and, at three times the cost, in G2.
    KeyWriter writer(
        std::move(file), watch,
        static_cast<double>(exponents.h.size() + exponents.l.size() + exponents.a.size() + 4 * exponents.b.size()));
    STRATA_OK(writer.write(out.verifying.to_bytes()));
    STRATA_OK(writer.write_list("h", g1, exponents.h));
    STRATA_OK(writer.write_list("l", g1, exponents.l));
    STRATA_OK(writer.write_list("a", g1, exponents.a));
    STRATA_OK(writer.write_list("b in G1", g1, exponents.b));
    STRATA_OK(writer.write_list("b in G2", g2, exponents.b));
    STRATA_TRY(out.blake2b, writer.finish());
    return out;
}

}  // namespace strata::proofs
