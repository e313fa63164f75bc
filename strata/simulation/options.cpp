// The names of faults, misdeeds and canaries.
#include <array>

#include <strata/simulation/world.hpp>

namespace strata::simulation {
namespace {

template <class T>
using Names = std::vector<std::pair<std::string_view, T>>;

template <class T>
Error unknown(std::string_view word, const Names<T>& names, std::string known) {
    for (const auto& [name, value] : names) known += (known.empty() ? "" : ", ") + std::string(name);
    return fail(Errc::invalid_argument, "\"" + std::string(word) + "\" is not one of these: " + known);
}

template <class T>
Result<std::set<T>> parse_list(std::string_view text, const Names<T>& names) {
    std::set<T> out;
    if (text == "none") return out;
    while (!text.empty()) {
        const auto word = text.substr(0, text.find(','));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        const auto it = std::ranges::find(names, word, &std::pair<std::string_view, T>::first);
        if (it == names.end() && word != "all") return unknown(word, names, "none, all");
        for (const auto& [name, value] : names)
            if (word == "all" || name == word) out.insert(value);
    }
    return out;
}

template <class T>
Result<T> parse_one(std::string_view text, const Names<T>& names) {
    const auto it = std::ranges::find(names, text, &std::pair<std::string_view, T>::first);
    if (it == names.end()) return unknown(text, names, "");
    return it->second;
}

const Names<Misdeed>& misdeeds() {
    static const Names<Misdeed> names{{"equivocate", Misdeed::equivocate},
                                      {"withhold", Misdeed::withhold},
                                      {"bad-root", Misdeed::bad_root},
                                      {"bad-proof", Misdeed::bad_proof},
                                      {"bad-signature", Misdeed::bad_signature},
                                      {"future", Misdeed::future},
                                      {"spam", Misdeed::spam},
                                      {"flood", Misdeed::flood},
                                      {"liar", Misdeed::liar},
                                      {"slow-reader", Misdeed::slow_reader},
                                      {"stranger", Misdeed::stranger},
                                      {"eclipse", Misdeed::eclipse}};
    return names;
}

}  // namespace

Result<std::set<Fault>> parse_faults(std::string_view text) {
    return parse_list<Fault>(text, {{"loss", Fault::loss},
                                    {"slow", Fault::slow},
                                    {"skew", Fault::skew},
                                    {"reset", Fault::reset},
                                    {"half-open", Fault::half_open},
                                    {"restart", Fault::restart},
                                    {"partition", Fault::partition}});
}

Result<std::set<Misdeed>> parse_misdeeds(std::string_view text) {
    return parse_list(text, misdeeds());
}

std::string_view name_of(Misdeed misdeed) {
    const auto& names = misdeeds();
    const auto it = std::ranges::find(names, misdeed, &std::pair<std::string_view, Misdeed>::second);
    return it == names.end() ? "none" : it->first;
}

Result<Canary> parse_canary(std::string_view text) {
    return parse_one<Canary>(text, {{"none", Canary::none},
                                    {"slash-filter", Canary::slash_filter},
                                    {"fork-choice", Canary::fork_choice},
                                    {"validation", Canary::validation},
                                    {"execution", Canary::execution}});
}

Result<crypto::bls::Substitute::Kind> parse_signatures(std::string_view text) {
    using Kind = crypto::bls::Substitute::Kind;
    return parse_one<Kind>(text, {{"bls", Kind::remembered}, {"stub", Kind::stub}});
}

}  // namespace strata::simulation
