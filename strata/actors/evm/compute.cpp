#include <strata/actors/evm/interpreter.hpp>

namespace strata::actors::evm {
namespace {

// The first operand is the top of the stack.
template <class F>
void unary(Stack& stack, F f) {
    stack.at(0) = f(stack.at(0));
}
template <class F>
void binary(Stack& stack, F f) {
    const U256 a = stack.pop();
    stack.at(0) = f(a, stack.at(0));
}
template <class F>
void ternary(Stack& stack, F f) {
    const U256 a = stack.pop();
    const U256 b = stack.pop();
    stack.at(0) = f(a, b, stack.at(0));
}

U256 word(bool value) {
    return value ? 1 : 0;
}

}  // namespace

void compute(Op op, Stack& stack, Meter& meter) {
    switch (op) {
        case Op::add:
            return binary(stack, [](const U256& a, const U256& b) { return a + b; });
        case Op::mul:
            return binary(stack, [](const U256& a, const U256& b) { return a * b; });
        case Op::sub:
            return binary(stack, [](const U256& a, const U256& b) { return a - b; });
        case Op::div:
            return binary(stack, divide);
        case Op::sdiv:
            return binary(stack, divide_signed);
        case Op::mod:
            return binary(stack, remainder);
        case Op::smod:
            return binary(stack, remainder_signed);
        case Op::addmod:
            return ternary(stack, add_mod);
        case Op::mulmod:
            return ternary(stack, multiply_mod);
        case Op::exp:
            meter.add(stack.at(1).bit_length() * costs::kExponentBit);
            return binary(stack, power);
        case Op::signextend:
            return binary(stack, sign_extend);
        case Op::lt:
            return binary(stack, [](const U256& a, const U256& b) { return word(a < b); });
        case Op::gt:
            return binary(stack, [](const U256& a, const U256& b) { return word(a > b); });
        case Op::slt:
            return binary(stack, [](const U256& a, const U256& b) { return word(less_signed(a, b)); });
        case Op::sgt:
            return binary(stack, [](const U256& a, const U256& b) { return word(less_signed(b, a)); });
        case Op::eq:
            return binary(stack, [](const U256& a, const U256& b) { return word(a == b); });
        case Op::iszero:
            return unary(stack, [](const U256& a) { return word(a.is_zero()); });
        case Op::bit_and:
            return binary(stack, [](const U256& a, const U256& b) { return a & b; });
        case Op::bit_or:
            return binary(stack, [](const U256& a, const U256& b) { return a | b; });
        case Op::bit_xor:
            return binary(stack, [](const U256& a, const U256& b) { return a ^ b; });
        case Op::bit_not:
            return unary(stack, [](const U256& a) { return ~a; });
        case Op::byte:
            return binary(stack, byte_at);
        case Op::shl:
            return binary(stack, shift_left);
        case Op::shr:
            return binary(stack, shift_right);
        case Op::sar:
            return binary(stack, shift_right_signed);
        case Op::clz:
            return unary(stack, [](const U256& a) { return U256(a.leading_zeros()); });
        default:
            return;
    }
}

}  // namespace strata::actors::evm
