"""The headings of a document's fields, in English and in Chinese.

>>> label("how_to_run"), label("how_to_run", "zh"), label("severity", "zh")
('How to run', '运行方法', 'Severity')
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from pydantic import BaseModel

from softhouse.environment.document import Document


def label(name: str, language: str = "en") -> str:
    """The heading of a field."""
    if language == "zh" and name in _CHINESE:
        return _CHINESE[name]
    return _words(name)


@lru_cache(maxsize=256)
def type_title(model: type[BaseModel], language: str = "en") -> str:
    """What one value of `model` is called in a heading."""
    if language == "zh" and model.__name__ in _CHINESE:
        return _CHINESE[model.__name__]
    if issubclass(model, Document) and model.title:
        return model.title
    return _words(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", model.__name__.removesuffix("Design")))


@lru_cache(maxsize=256)
def labels(model: type[BaseModel], language: str) -> Mapping[str, str]:
    """Each field of `model` and its heading; the field's own name where the heading would not lead back to it."""
    return {
        name: label(name, language) if find_field(model, label(name, language)) == name else name
        for name in model.model_fields
    }


def find_field(model: type[BaseModel], heading: str) -> str | None:
    """The field that `heading` means, in either language; None where there is none."""
    heading = heading.strip().strip("*:：").strip()
    if heading in model.model_fields:
        return heading
    wanted = _normal(heading)
    return next((n for n in model.model_fields if wanted in (_normal(n), _normal(_CHINESE.get(n, n)))), None)


def _words(name: str) -> str:
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:].lower()


def _normal(heading: str) -> str:
    return re.sub(r"[\s_]+", " ", heading).strip().casefold()


_CHINESE: Mapping[str, str] = {
    "Case": "用例",
    "Check": "检查",
    "ClassDesign": "类",
    "Defect": "缺陷",
    "Delivery": "交付",
    "FunctionDesign": "函数",
    "Implementation": "实现",
    "ModuleDesign": "模块",
    "Parameter": "参数",
    "ProductRequirement": "需求",
    "ProductRequirements": "产品需求",
    "Requirement": "原始需求",
    "SourceFile": "源文件",
    "Step": "步骤",
    "SystemDesign": "系统设计",
    "Task": "任务",
    "TaskPlan": "任务计划",
    "TestReport": "测试报告",
    "TestSuite": "测试",
    "UserStory": "用户故事",
    "accepted": "是否通过",
    "agreement": "一致率",
    "arguments": "参数",
    "attributes": "属性",
    "call": "调用",
    "callee": "被调用方",
    "caller": "调用方",
    "calls": "调用过程",
    "cases": "验收用例",
    "checks": "检查项",
    "classes": "类",
    "completion_tokens": "生成词元数",
    "content": "内容",
    "cost": "费用",
    "depends_on": "依赖",
    "detail": "详情",
    "entry_point": "入口文件",
    "evidence": "证据",
    "exit_code": "退出码",
    "failed": "未通过",
    "files": "文件",
    "functions": "函数",
    "goals": "目标",
    "how_to_run": "运行方法",
    "isolation": "隔离级别",
    "language": "语言",
    "level": "层级",
    "methods": "方法",
    "modules": "模块",
    "name": "名称",
    "notes": "备注",
    "overview": "概述",
    "parameters": "参数列表",
    "passed": "通过",
    "path": "路径",
    "priority": "优先级",
    "prompt_tokens": "提示词元数",
    "purpose": "用途",
    "reason": "原因",
    "reasons": "原因说明",
    "requirements": "需求列表",
    "returns": "返回值",
    "role": "角色",
    "round": "轮次",
    "scope": "规模",
    "source": "来源",
    "stdin": "标准输入",
    "stdout": "标准输出",
    "steps": "步骤",
    "summary": "摘要",
    "suspect": "可疑文件",
    "target": "被测文件",
    "tasks": "任务列表",
    "text": "内容",
    "type": "类型",
    "user_stories": "用户故事",
    "wish": "愿望",
}
