// Changes a good message so that it is likely to be refused. Most changes keep the parameters close to valid: a refusal
// deep in a method says more than one at its door.
#include <strata/differential/loose_encoding.hpp>
#include <strata/differential/scene.hpp>
#include <strata/ipld/data_model.hpp>

namespace strata::differential {
namespace {

Value boundary(Scene& scene, const Value& old) {
    auto& dice = scene.dice;
    if (old.as<Integer>() != nullptr) {
        const std::uint64_t head = dice.one_of<std::uint64_t>(
            {0, 1, 2, 47, 48, 255, 256, 1U << 31, UINT32_MAX, INT64_MAX, std::uint64_t{1} << 63, UINT64_MAX});
        return Value{Integer{.negative = dice.chance(25), .head = head}};
    }
    if (const auto* bytes = old.as<Bytes>()) {
        switch (dice.below(5)) {
            case 0:
                return Value{Bytes{}};
            case 1: {  // as a big integer: the sign, then zeros, which are not minimal
                return Value{Bytes{static_cast<std::uint8_t>(dice.below(3)), 0, 0}};
            }
            case 2:
                return Value{dice.bytes(129)};
            case 3: {
                auto negative = *bytes;
                if (!negative.empty()) negative[0] = 1;
                return Value{negative};
            }
            default: {
                auto changed = *bytes;
                if (!changed.empty())
                    changed[dice.below(changed.size())] ^= static_cast<std::uint8_t>(1 << dice.below(8));
                return Value{changed};
            }
        }
    }
    switch (dice.below(5)) {
        case 0:
            return Value{nullptr};
        case 1:
            return Value{List{}};
        case 2:
            return Value{std::string("text")};
        case 3:
            return Value{Integer{false, dice.below(100)}};
        default:
            return Value{dice.chance(50)};
    }
}

// Counts the values below `value`, itself included, and replaces the one with number `index`.
std::size_t replace(Scene& scene, Value& value, std::size_t index) {
    std::size_t count = 1;
    if (index == 0) {
        value = boundary(scene, value);
        return count;
    }
    if (auto* list = std::get_if<List>(&value.is))
        for (auto& item : *list) {
            const std::size_t below = replace(scene, item, index >= count ? index - count : SIZE_MAX);
            count += below;
        }
    return count;
}

// Changes the shape of a list: an item more, less or twice.
void reshape(Scene& scene, Value& value) {
    auto* list = std::get_if<List>(&value.is);
    if (list == nullptr) return;
    if (!list->empty() && scene.dice.chance(60)) return reshape(scene, (*list)[scene.dice.below(list->size())]);
    if (list->empty() || scene.dice.chance(30)) {
        list->push_back(Value{Integer{false, scene.dice.below(10)}});
    } else if (scene.dice.chance(50)) {
        list->push_back(list->front());
    } else {
        list->pop_back();
    }
}

Bytes spoil_params(Scene& scene, Bytes params) {
    auto& dice = scene.dice;
    if (dice.chance(65))
        if (auto value = decode_dag_cbor(params)) {
            if (dice.chance(20)) return loose_encoding(dice, *value);
            if (dice.chance(30)) {
                reshape(scene, *value);
            } else {
                const std::size_t count = replace(scene, *value, SIZE_MAX);
                replace(scene, *value, dice.below(count));
            }
            return encode_dag_cbor(*value);
        }
    switch (dice.below(5)) {
        case 0:
            return {};
        case 1:
            params.push_back(static_cast<std::uint8_t>(dice.below(256)));
            return params;
        case 2:
            params.resize(dice.below(params.size() + 1));
            return params;
        case 3:
            return dice.bytes(dice.below(40));
        default:
            if (!params.empty()) params[dice.below(params.size())] = static_cast<std::uint8_t>(dice.below(256));
            return params;
    }
}

}  // namespace

Step spoil(Scene& scene, Step step) {
    auto& dice = scene.dice;
    step.label += ", spoilt";
    switch (dice.below(10)) {
        case 0:
        case 1:
            if (step.kind == Step::Kind::message) step.from = scene.anybody().address;
            return step;
        case 2:
            step.to = scene.any_address();
            return step;
        case 3:
            step.value = scene.dice.one_of<TokenAmount>({0, 1, fil(1), fil(100'000'000)});
            return step;
        case 4:
            step.method = dice.chance(50) ? step.method + 1 : dice.below(40);
            return step;
        default:
            step.params = spoil_params(scene, std::move(step.params));
            return step;
    }
}

}  // namespace strata::differential
